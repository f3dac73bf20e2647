// goserve: an HTTP server of which each request reads cold pages of a file, or none.
//
// What it proves: what stalls do to requests (-how mmap), that the same pages by pread(2) do not do it, and that a
// tracer has nothing to report of a busy server that is healthy (-pages 0) nor of an idle one.
//
// GET / is answered with 4 KiB after -pages pages were read and -work rounds computed. Prints {"event":"ready"} with
// its port on 127.0.0.1, and at the end {"event":"result"} with the requests it answered and its major faults.
package main

import (
	"flag"
	"math/rand"
	"net"
	"net/http"
	"os"
	"sync/atomic"

	"faultscope/workloads/cold"
	"faultscope/workloads/talk"
)

var (
	source   = cold.SourceFlags()
	pages    = flag.Int("pages", 1, "pages that a request reads")
	work     = flag.Int("work", 100000, "rounds that a request computes, some 1 ns each")
	duration talk.Seconds
)

// server answers requests out of a file, whose pages it takes in an order that comes to each of them once.
type server struct {
	file     *cold.File
	read     func(page int) byte
	order    []int
	next     int64
	requests int64
	sum      uint64
}

func newServer() *server {
	s := &server{}
	if *pages == 0 {
		return s
	}
	var err error
	if s.file, s.read, err = source.Open(); err != nil {
		talk.Die("%v", err)
	}
	s.order = rand.New(rand.NewSource(1)).Perm(s.file.Pages)
	return s
}

func (s *server) readPage() byte {
	turn := int(atomic.AddInt64(&s.next, 1)) % len(s.order)
	if turn == 0 {
		if err := s.file.Evict(0, s.file.Pages); err != nil {
			talk.Die("cannot evict: %v", err)
		}
	}
	return s.read(s.order[turn])
}

func (s *server) ServeHTTP(answer http.ResponseWriter, _ *http.Request) {
	state := uint64(1)
	for i := 0; i < *pages; i++ {
		state += uint64(s.readPage())
	}
	for i := 0; i < *work; i++ {
		state ^= state << 13
		state ^= state >> 7
		state ^= state << 17
	}
	atomic.AddUint64(&s.sum, state)
	atomic.AddInt64(&s.requests, 1)
	// The client may be gone.
	_, _ = answer.Write(make([]byte, cold.PageBytes))
}

func main() {
	flag.Var(&duration, "seconds", "how long it runs (0: until SIGINT or SIGTERM)")
	flag.Parse()
	s := newServer()
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		talk.Die("%v", err)
	}
	go func() { talk.Die("%v", http.Serve(listener, s)) }()
	talk.Say("ready", talk.Event{"pid": os.Getpid(), "port": listener.Addr().(*net.TCPAddr).Port})
	talk.WaitForEnd(duration.Duration)
	talk.Say("result", talk.Event{
		"pid":      os.Getpid(),
		"requests": atomic.LoadInt64(&s.requests),
		"majflt":   talk.MajorFaults(),
	})
}
