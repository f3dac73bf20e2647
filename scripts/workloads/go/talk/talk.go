// Package talk is how a workload speaks to whoever started it: the conversation of scripts/workloads/support.h.
package talk

import (
	"bufio"
	"encoding/json"
	"fmt"
	"os"
	"os/signal"
	"path/filepath"
	"strconv"
	"sync"
	"syscall"
	"time"
)

var writing sync.Mutex

// Event is one line: its "event" and what else there is to say.
type Event map[string]interface{}

// Say prints one event as a line of JSON.
func Say(kind string, event Event) {
	if event == nil {
		event = Event{}
	}
	event["event"] = kind
	line, err := json.Marshal(event)
	if err != nil {
		Die("%v", err)
	}
	writing.Lock()
	defer writing.Unlock()
	fmt.Printf("%s\n", line)
}

// Die prints "<program>: <message>" and exits with 1.
func Die(format string, arguments ...interface{}) {
	fmt.Fprintf(os.Stderr, filepath.Base(os.Args[0])+": "+format+"\n", arguments...)
	os.Exit(1)
}

// Ready says that everything is set up and, if hold, waits for a line on stdin (its end ends the program).
func Ready(hold bool) {
	Say("ready", Event{"pid": os.Getpid()})
	if !hold {
		return
	}
	if _, err := bufio.NewReader(os.Stdin).ReadString('\n'); err != nil {
		os.Exit(0)
	}
}

// WaitForEnd returns after the duration (0: never), or at SIGINT or SIGTERM.
func WaitForEnd(duration time.Duration) {
	end := make(chan os.Signal, 1)
	signal.Notify(end, syscall.SIGINT, syscall.SIGTERM)
	var over <-chan time.Time
	if duration > 0 {
		over = time.After(duration)
	}
	select {
	case <-end:
	case <-over:
	}
}

// Seconds is a flag of seconds, fractions too, as the workloads in C have it.
type Seconds struct{ time.Duration }

// Set reads the flag.
func (s *Seconds) Set(text string) error {
	seconds, err := strconv.ParseFloat(text, 64)
	s.Duration = time.Duration(seconds * float64(time.Second))
	return err
}

// MajorFaults counts those of the whole process, as getrusage(RUSAGE_SELF) does.
func MajorFaults() int64 {
	var usage syscall.Rusage
	if err := syscall.Getrusage(syscall.RUSAGE_SELF, &usage); err != nil {
		Die("getrusage: %v", err)
	}
	return int64(usage.Majflt)
}
