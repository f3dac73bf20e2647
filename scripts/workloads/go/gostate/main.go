// gostate changes what the Go runtime says of the program, one step a line on stdin, and says what is true after each.
//
//	gostate STEP...
//
//	wait=N    starts N goroutines in main.(*keeper).wait, which wait
//	work=N    starts N goroutines in main.work, which never stop running
//	end=N     ends N of the waiting ones
//	procs=N   sets GOMAXPROCS
//
// Prints "ready", then a line "state" with the number of goroutines (without those of the runtime itself), GOMAXPROCS and
// Go's version: one at the start, and one after each step. Ends when stdin does.
package main

import (
	"bufio"
	"os"
	"runtime"
	"strconv"
	"strings"
	"time"

	"faultscope/workloads/talk"
)

type keeper struct{ end chan bool }

//go:noinline
func (k *keeper) wait() { <-k.end }

//go:noinline
func work(n *int64) {
	for {
		*n++
	}
}

func main() {
	k := &keeper{make(chan bool)}
	talk.Ready(false)
	say()
	lines := bufio.NewScanner(os.Stdin)
	for _, step := range os.Args[1:] {
		if !lines.Scan() {
			return
		}
		do(k, step)
		say()
	}
	for lines.Scan() {
	}
}

func do(k *keeper, step string) {
	name, number, _ := strings.Cut(step, "=")
	n, err := strconv.Atoi(number)
	if err != nil {
		talk.Die("%s is no step", step)
	}
	switch name {
	case "procs":
		runtime.GOMAXPROCS(n)
	case "wait":
		for i := 0; i < n; i++ {
			go k.wait()
		}
	case "work":
		for i := 0; i < n; i++ {
			go work(new(int64))
		}
	case "end":
		for i := 0; i < n; i++ {
			k.end <- true
		}
	default:
		talk.Die("%s is no step", step)
	}
}

func say() {
	// What was started or ended comes to rest first.
	time.Sleep(100 * time.Millisecond)
	talk.Say("state", talk.Event{
		"goroutines": runtime.NumGoroutine(),
		"procs":      runtime.GOMAXPROCS(0),
		"name":       runtime.Version(),
	})
}
