package main

import (
	"bytes"
	"math/rand"
	"runtime"
	"strconv"
	"sync"
	"sync/atomic"
	"time"

	"faultscope/workloads/cold"
	"faultscope/workloads/talk"
	"faultscope/workloads/truth"
)

// A part of the file that one goroutine alone reads, each page once before any twice.
type share struct {
	first, count int
	order        []int
	next         int
}

func newShare(index, shares int) *share {
	count := file.Pages / shares
	if count == 0 {
		talk.Die("the file has fewer pages than there are readers")
	}
	s := &share{first: index * count, count: count}
	random := rand.New(rand.NewSource(int64(index)))
	s.order = random.Perm(count)
	if *inOrder {
		for i := range s.order {
			s.order[i] = i
		}
	}
	return s
}

// The next page, which is cold: when all were read, they are evicted.
func (s *share) page() int {
	if s.next == s.count {
		if err := file.Evict(s.first, s.count); err != nil {
			talk.Die("cannot evict: %v", err)
		}
		s.next = 0
	}
	page := s.first + s.order[s.next]
	s.next++
	return page
}

// team is all goroutines that read, with what each of them noted.
type team struct {
	shares []*share
	logs   []*truth.Log
	begun  int32
	done   sync.WaitGroup
}

// The one team there is: goroutines without arguments find themselves in it, because `go` wraps a function that has some
// in one without, and that one is then the goroutine's start function.
var all *team

func newTeam(size int) *team {
	t := &team{}
	for i := 0; i < size; i++ {
		t.shares = append(t.shares, newShare(i, size))
		t.logs = append(t.logs, truth.NewLog())
	}
	t.done.Add(size)
	return t
}

func startTeam(size int) *team {
	all = newTeam(size)
	for i := 0; i < size; i++ {
		go reader()
	}
	return all
}

func startKnown(pages int) *team {
	all = newTeam(7)
	server := &Server{pages: 3 * pages}
	for i := 0; i < 3; i++ {
		go alpha()
	}
	for i := 0; i < 2; i++ {
		go beta()
	}
	for i := 0; i < 2; i++ {
		go server.handle()
	}
	return all
}

func reader() {
	member := all.takePlace()
	for member.readOne(); !stopped(); {
		member.readOne()
	}
	all.done.Done()
}

func alpha() { all.takePlace().readExactly(*known, "main.alpha") }

func beta() { all.takePlace().readExactly(2**known, "main.beta") }

// Server stands for what has methods.
type Server struct{ pages int }

func (s *Server) handle() { all.takePlace().readExactly(s.pages, "main.(*Server).handle") }

type member struct {
	share  *share
	log    *truth.Log
	random *rand.Rand
	sum    uint64
}

// Finds the calling goroutine its place in the team; those that rest between pages do not all begin at once.
func (t *team) takePlace() *member {
	i := int(atomic.AddInt32(&t.begun, 1)) - 1
	time.Sleep(pause.Duration * time.Duration(i) / time.Duration(len(t.shares)))
	return &member{share: t.shares[i], log: t.logs[i], random: rand.New(rand.NewSource(int64(i)))}
}

func (m *member) readExactly(pages int, name string) {
	for i := 0; i < pages; i++ {
		m.readOne()
	}
	talk.Say("goroutine", talk.Event{"goid": goid(), "name": name, "touches": pages})
	all.done.Done()
}

func (m *member) readOne() {
	page := m.share.page()
	if *measure {
		m.sum += uint64(m.log.Touch(read, page))
	} else {
		m.sum += uint64(read(page))
		m.log.Touches++
	}
	if *work > 0 {
		m.compute(m.random.Intn(2 * *work))
	}
	if pause.Duration > 0 {
		m.rest()
	}
	runtime.Gosched()
}

func (m *member) rest() {
	if *vary {
		time.Sleep(time.Duration(m.random.Int63n(2 * int64(pause.Duration))))
	} else {
		time.Sleep(pause.Duration)
	}
}

func (m *member) compute(rounds int) {
	state := m.sum | 1
	for i := 0; i < rounds; i++ {
		state ^= state << 13
		state ^= state >> 7
		state ^= state << 17
	}
	m.sum += state
}

func (t *team) join() { t.done.Wait() }

// When each was inside a read, and when asleep in it. Only a touch of the mapping in Go code holds a P.
func (t *team) stuck() (inside, asleep [][]truth.Span) {
	if source.How() != cold.Mmap {
		return nil, nil
	}
	for _, log := range t.logs {
		inside, asleep = append(inside, log.Inside), append(asleep, log.Asleep)
	}
	return inside, asleep
}

func (t *team) touches() int {
	sum := 0
	for _, log := range t.logs {
		sum += log.Touches
	}
	return sum
}

// "goroutine 18 [running]:..." is the one place where Go says it.
func goid() int {
	buffer := make([]byte, 64)
	fields := bytes.Fields(buffer[:runtime.Stack(buffer, false)])
	id, err := strconv.Atoi(string(fields[1]))
	if err != nil {
		talk.Die("no goroutine ID in %q", buffer)
	}
	return id
}
