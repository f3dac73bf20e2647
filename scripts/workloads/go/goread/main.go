// goread: goroutines read cold pages of a file, and measure themselves how often all Ps are stuck in it at once.
//
// What it proves: that the full stalls, goroutines and predictions of a tracer are true. Each reader notes when it was
// stuck in a page (package truth); at the end the notes of all are merged into the time in which as many were stuck as
// there are Ps. Only -how mmap holds a P meanwhile; pread and cgo give it away, so their truth is none. A ticker that
// sleeps 1 ms at a time and reads nothing tells what this does to the rest of the program.
//
// GOMAXPROCS is taken from the environment, and changed to -then by SIGUSR1. Between two pages a reader computes for
// -work rounds, rests for -pause, and yields.
//
// Run it with GODEBUG=asyncpreemptoff=1 where it is held against another's figures. Otherwise Go's monitor sends SIGURG
// to a thread that has had a P for 10 ms, and a page fault that a signal interrupts is begun again: it may then find its
// page, so that the kernel counts no major fault, and the goroutine may lose its P in the middle of what it measures.
//
// With -known K, seven goroutines of three functions read exactly K, 2K or 3K pages each and say which goroutine they
// are: one major fault for each page.
//
// Prints, in the way of scripts/workloads/support.h:
//
//	{"event":"goroutine","goid":N,"name":"main.alpha","touches":K}   with -known, when it has read all
//	{"event":"gomaxprocs","value":N}                                 after SIGUSR1
//	{"event":"result",...}   durationNs of the readers; of it fullStallNs and lostNs (integral of min(level, P) / P)
//	                         with a level of goroutines inside a read of a page, asleepFullStallNs with one of those
//	                         asleep in it; touches, majflt; the ticker's ticks, their delay, and that within full stalls
package main

import (
	"flag"
	"os"
	"os/signal"
	"runtime"
	"sync/atomic"
	"syscall"

	"faultscope/workloads/cold"
	"faultscope/workloads/talk"
	"faultscope/workloads/truth"
)

var (
	source   = cold.SourceFlags()
	readers  = flag.Int("readers", 4, "goroutines that read")
	work     = flag.Int("work", 0, "rounds of computing between two pages, some 1 ns each; twice that at most, at random")
	inOrder  = flag.Bool("in-order", false, "pages in order and not at random")
	then     = flag.Int("then", 0, "GOMAXPROCS from SIGUSR1 on")
	known    = flag.Int("known", 0, "seven goroutines read this many pages each, or two or three times that, and end")
	hold     = flag.Bool("hold", false, "start on a line from stdin")
	measure  = flag.Bool("measure", true, "note when each reader is stuck")
	vary     = flag.Bool("vary", false, "rest as long as -pause only on average, twice that at most, at random")
	duration talk.Seconds
	pause    talk.Seconds
)

var (
	file     *cold.File
	read     func(page int) byte
	stopping int32
)

func stopped() bool { return atomic.LoadInt32(&stopping) != 0 }

// capacities notes GOMAXPROCS, now and whenever SIGUSR1 changes it.
type capacities struct{ changes chan truth.Capacity }

func watchCapacity() capacities {
	c := capacities{make(chan truth.Capacity, 16)}
	c.changes <- truth.Capacity{From: truth.Now(), Procs: runtime.GOMAXPROCS(0)}
	change := make(chan os.Signal, 1)
	signal.Notify(change, syscall.SIGUSR1)
	go func() {
		for range change {
			runtime.GOMAXPROCS(*then)
			c.changes <- truth.Capacity{From: truth.Now(), Procs: *then}
			talk.Say("gomaxprocs", talk.Event{"value": *then})
		}
	}()
	return c
}

func (c capacities) all() []truth.Capacity {
	var all []truth.Capacity
	for len(c.changes) > 0 {
		all = append(all, <-c.changes)
	}
	return all
}

func openFile() {
	var err error
	if file, read, err = source.Open(); err != nil {
		talk.Die("%v", err)
	}
}

func startReaders() *team {
	if *known > 0 {
		return startKnown(*known)
	}
	return startTeam(*readers)
}

func main() {
	flag.Var(&duration, "seconds", "how long it runs (0: until SIGINT or SIGTERM)")
	flag.Var(&pause, "pause", "seconds that a reader sleeps after each page")
	flag.Parse()
	openFile()
	procs := watchCapacity()
	talk.Ready(*hold)

	before, from := talk.MajorFaults(), truth.Now()
	ticker := startTicker()
	team := startReaders()
	talk.WaitForEnd(duration.Duration)
	atomic.StoreInt32(&stopping, 1)
	window := truth.Span{From: from, To: truth.Now()}
	team.join()
	ticks := ticker.join()
	faults := talk.MajorFaults() - before
	inside, asleep := team.stuck()
	changes := procs.all()
	account := truth.Merge(inside, changes, window)
	talk.Say("result", talk.Event{
		"pid":                   os.Getpid(),
		"durationNs":            window.To - window.From,
		"majflt":                faults,
		"touches":               team.touches(),
		"fullStallNs":           truth.Sum(account.Full),
		"lostNs":                account.Lost,
		"levelNs":               account.AtLevel,
		"asleepFullStallNs":     truth.Sum(truth.Merge(asleep, changes, window).Full),
		"ticks":                 len(ticks),
		"tickerDelayNs":         truth.Sum(ticks),
		"tickerDelayInStallsNs": truth.Overlap(ticks, account.Full),
	})
}
