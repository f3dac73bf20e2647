// Package truth is what a program knows itself of how often it stood still: when each of its goroutines was stuck in a
// page while it held a P, and when as many were as there are Ps. It asks nobody but the clock.
package truth

import (
	"sort"
	"syscall"
	"time"
	"unsafe"
)

const (
	// CLOCK_THREAD_CPUTIME_ID of <linux/time.h>.
	threadCPUTime = 3
	// What was shorter read a page that was there: a minor fault, or none.
	shortest = 20 * time.Microsecond
)

var began = time.Now()

// Now is the time since the program began, of a clock that nobody sets.
func Now() time.Duration { return time.Since(began) }

// Span is a time in which something lasted.
type Span struct{ From, To time.Duration }

// Log holds what one goroutine was stuck in.
type Log struct {
	// Inside lists the reads of pages from begin to end, Asleep the same less what its thread was on a CPU meanwhile.
	// That is before it sleeps for the page and after: where, a program cannot tell, so it is all taken off the begin.
	Inside, Asleep []Span
	Touches        int
}

// NewLog has room for what comes soon.
func NewLog() *Log { return &Log{Inside: make([]Span, 0, 1<<14), Asleep: make([]Span, 0, 1<<14)} }

// Touch measures one read of a page.
func (l *Log) Touch(read func(page int) byte, page int) byte {
	from, cpuBefore := Now(), onCPU()
	content := read(page)
	cpuAfter, to := onCPU(), Now()
	l.Touches++
	if asleep := to - from - (cpuAfter - cpuBefore); asleep >= shortest {
		l.Inside = append(l.Inside, Span{from, to})
		l.Asleep = append(l.Asleep, Span{to - asleep, to})
	}
	return content
}

// A raw system call: the goroutine stays on its thread and keeps its P.
func onCPU() time.Duration {
	var now syscall.Timespec
	syscall.RawSyscall(syscall.SYS_CLOCK_GETTIME, threadCPUTime, uintptr(unsafe.Pointer(&now)), 0)
	return time.Duration(now.Nano())
}

// Capacity is GOMAXPROCS from a moment on.
type Capacity struct {
	From  time.Duration
	Procs int
}

// Account is the merged truth of all goroutines.
type Account struct {
	// Full lists the times in which as many were stuck as there are Ps.
	Full []Span
	// Lost is the time integral of min(level, capacity) / capacity.
	Lost time.Duration
	// AtLevel is the time by how many were stuck at once.
	AtLevel []time.Duration
}

type change struct {
	at    time.Duration
	level int
	procs int
}

// Merge counts how many were stuck at each moment of the window, each in spans of its own; capacities are in the order
// of time.
func Merge(stuck [][]Span, capacities []Capacity, window Span) Account {
	var account Account
	level, procs, at := 0, capacities[0].Procs, window.From
	for _, next := range append(changes(stuck, capacities), change{at: window.To}) {
		until := next.at
		if until < window.From {
			until = window.From
		}
		if until > window.To {
			until = window.To
		}
		account.add(Span{at, until}, level, procs)
		at = until
		level += next.level
		if next.procs != 0 {
			procs = next.procs
		}
	}
	return account
}

func changes(stuck [][]Span, capacities []Capacity) []change {
	var all []change
	for _, capacity := range capacities {
		all = append(all, change{at: capacity.From, procs: capacity.Procs})
	}
	for _, spans := range stuck {
		for _, span := range spans {
			all = append(all, change{at: span.From, level: 1}, change{at: span.To, level: -1})
		}
	}
	sort.Slice(all, func(i, j int) bool { return all[i].at < all[j].at })
	return all
}

func (a *Account) add(span Span, level, procs int) {
	length := span.To - span.From
	if length <= 0 {
		return
	}
	for len(a.AtLevel) <= level {
		a.AtLevel = append(a.AtLevel, 0)
	}
	a.AtLevel[level] += length
	if level < procs {
		a.Lost += length * time.Duration(level) / time.Duration(procs)
		return
	}
	a.Lost += length
	if last := len(a.Full) - 1; last >= 0 && a.Full[last].To == span.From {
		a.Full[last].To = span.To
	} else {
		a.Full = append(a.Full, span)
	}
}

// Sum of the lengths.
func Sum(spans []Span) time.Duration {
	var sum time.Duration
	for _, span := range spans {
		sum += span.To - span.From
	}
	return sum
}

// Overlap is how long both lists last at once; each is in the order of time and does not overlap itself.
func Overlap(some, others []Span) time.Duration {
	var sum time.Duration
	for i, j := 0, 0; i < len(some) && j < len(others); {
		from, to := some[i].From, some[i].To
		if others[j].From > from {
			from = others[j].From
		}
		if others[j].To < to {
			to = others[j].To
		}
		if to > from {
			sum += to - from
		}
		if some[i].To < others[j].To {
			i++
		} else {
			j++
		}
	}
	return sum
}
