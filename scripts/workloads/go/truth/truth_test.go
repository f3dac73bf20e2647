package truth

import (
	"testing"
	"time"
)

const ms = time.Millisecond

func TestTimeIsFullWhereAsManyAreStuckAsThereArePs(t *testing.T) {
	stuck := [][]Span{{{10 * ms, 40 * ms}}, {{20 * ms, 30 * ms}, {35 * ms, 60 * ms}}}
	account := Merge(stuck, []Capacity{{0, 2}}, Span{0, 100 * ms})
	if got := Sum(account.Full); got != 15*ms {
		t.Errorf("full for %v", got)
	}
	if len(account.Full) != 2 || account.Full[1] != (Span{35 * ms, 40 * ms}) {
		t.Errorf("full stalls %v", account.Full)
	}
	if account.Lost != 15*ms+(10+5+20)*ms/2 {
		t.Errorf("lost %v", account.Lost)
	}
	if account.AtLevel[0] != 50*ms || account.AtLevel[1] != 35*ms || account.AtLevel[2] != 15*ms {
		t.Errorf("levels %v", account.AtLevel)
	}
}

func TestCapacityCountsFromWhenItChanged(t *testing.T) {
	stuck := [][]Span{{{0, 100 * ms}}}
	account := Merge(stuck, []Capacity{{0, 1}, {30 * ms, 4}}, Span{10 * ms, 90 * ms})
	if got := Sum(account.Full); got != 20*ms {
		t.Errorf("full for %v", got)
	}
	if account.Lost != 20*ms+15*ms {
		t.Errorf("lost %v", account.Lost)
	}
}

func TestOverlapIsTheTimeOfBoth(t *testing.T) {
	some := []Span{{0, 10 * ms}, {20 * ms, 30 * ms}}
	others := []Span{{5 * ms, 22 * ms}, {29 * ms, 50 * ms}}
	if got := Overlap(some, others); got != 8*ms {
		t.Errorf("overlap %v", got)
	}
}
