package main

import (
	"time"

	"faultscope/workloads/truth"
)

const tick = time.Millisecond

// A goroutine that sleeps 1 ms at a time and reads nothing; its delays are the spans from when it should have woken.
type ticker struct {
	delays []truth.Span
	done   chan struct{}
}

var theTicker *ticker

func startTicker() *ticker {
	theTicker = &ticker{done: make(chan struct{})}
	go ticking()
	return theTicker
}

func ticking() {
	for !stopped() {
		due := truth.Now() + tick
		time.Sleep(tick)
		theTicker.delays = append(theTicker.delays, truth.Span{From: due, To: truth.Now()})
	}
	close(theTicker.done)
}

func (t *ticker) join() []truth.Span {
	<-t.done
	return t.delays
}
