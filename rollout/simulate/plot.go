package simulate

import (
	_ "embed"
	"fmt"
	"io"
	"math"
	"slices"
	"strings"
	"text/template"
	"time"
)

//go:embed plot.svg.tmpl
var plotText string

// Plot draws two pictures side by side as SVG: how often each judge aborts a
// healthy candidate by its requests a second, and what part of the rollouts with
// ten times the errors each has aborted after how many minutes.
func Plot(w io.Writer, results []Result) error {
	t, err := template.New("plot").Parse(plotText)
	if err != nil {
		return err
	}
	p := plot{Panels: []panel{falseAborts(results), caught(results)}}
	for i, name := range names() {
		x, y := 60+320*(i%3), 370+22*(i/3)
		p.Keys = append(p.Keys, key{styles()[i], name, x, x + 30, x + 38, y, y + 4})
	}
	return t.Execute(w, p)
}

type plot struct {
	Panels []panel
	Keys   []key
}

// panel is one of the pictures, X away from the left.
type panel struct {
	X             int
	Title, Below  string
	Rows, Columns []tick
	Lines         []line
}

type tick struct {
	At    float64
	Label string
}

type style struct {
	Colour, Dashes string
	Width          float64
}

type line struct {
	style
	Name, Points string
}

type key struct {
	style
	Name                  string
	X, End, Text, Y, Base int
}

// styles are told apart without colours, too.
func styles() []style {
	return []style{
		{"#0072b2", "", 3},
		{"#d55e00", "", 1.5}, {"#d55e00", "6 3", 1.5},
		{"#009e73", "", 1.5}, {"#009e73", "6 3", 1.5},
		{"#666666", "2 3", 1.5},
	}
}

// Where a panel's axes are.
const left, right, bottom, top = 60, 460, 300, 40

func y(share float64) float64 { return bottom - share*(bottom-top) }

func shares() (ticks []tick) {
	for _, p := range []float64{0, 25, 50, 75, 100} {
		ticks = append(ticks, tick{y(p / 100), fmt.Sprintf("%v %%", p)})
	}
	return ticks
}

// falseAborts is over the candidate's requests a second, on a log scale.
func falseAborts(results []Result) panel {
	p := panel{Title: "Healthy: aborted after half an hour", Below: "the candidate's requests a second", Rows: shares()}
	x := func(r *Result) float64 {
		const low, high = 0.2, 20.0
		return left + (right-left)*math.Log(r.canaryRate()/low)/math.Log(high/low)
	}
	points := make([]points, len(names()))
	for i := range results {
		r := &results[i]
		if r.Kind != Healthy || !r.isSteady() {
			continue
		}
		p.Columns = append(p.Columns, tick{round(x(r)), fmt.Sprint(r.canaryRate())})
		for j := range r.Judges {
			points[j].add(x(r), y(r.Share(&r.Judges[j])))
		}
	}
	p.Lines = lines(points)
	return p
}

// caught is over the minutes since the first request, of ten times the errors
// at two requests a second.
func caught(results []Result) panel {
	const longest = 32 * time.Minute
	p := panel{X: 500, Title: "10× errors, 2 requests a second: aborted", Below: "minutes", Rows: shares()}
	x := func(d time.Duration) float64 { return left + (right-left)*float64(d)/float64(longest) }
	for m := 0; m <= 30; m += 5 {
		p.Columns = append(p.Columns, tick{round(x(time.Duration(m) * time.Minute)), fmt.Sprint(m)})
	}
	i := slices.IndexFunc(results, func(r Result) bool {
		return r.Kind == Broken && r.isSteady() && r.canaryRate() == 2 && r.Candidate.Risk == 10
	})
	if i < 0 {
		return p
	}
	points := make([]points, len(names()))
	for j, judge := range results[i].Judges {
		points[j].add(x(0), y(0))
		for n, took := range judge.Took {
			points[j].add(x(took), y(float64(n)/float64(results[i].Runs)))
			points[j].add(x(took), y(float64(n+1)/float64(results[i].Runs)))
		}
		points[j].add(x(longest), y(float64(len(judge.Took))/float64(results[i].Runs)))
	}
	p.Lines = lines(points)
	return p
}

// isSteady reports whether the candidate has one weight until the end.
func (r *Result) isSteady() bool { return r.Policy.WeightSteps() == 2 && r.Traffic.Clients == 0 }

// canaryRate is how many requests a second the candidate gets at first.
func (r *Result) canaryRate() float64 {
	w := *r.Policy.Steps[0].SetWeight
	return round(r.Traffic.Rate * float64(w) / 10000)
}

// points are the corners of a line. One that is at the place of the last, or
// between two others on a vertical, is left out.
type points []struct{ x, y float64 }

func (p *points) add(x, y float64) {
	x, y = round(x), round(y)
	if n := len(*p); n >= 2 && (*p)[n-1].x == x && (*p)[n-2].x == x {
		(*p)[n-1].y = y
		return
	}
	*p = append(*p, struct{ x, y float64 }{x, y})
}

func lines(all []points) (drawn []line) {
	for j, p := range all {
		var text []string
		for _, at := range p {
			text = append(text, fmt.Sprintf("%v,%v", at.x, at.y))
		}
		drawn = append(drawn, line{styles()[j], names()[j], strings.Join(text, " ")})
	}
	return drawn
}

// round keeps one digit, so that a plot is small and the same everywhere.
func round(x float64) float64 { return math.Round(x*10) / 10 }
