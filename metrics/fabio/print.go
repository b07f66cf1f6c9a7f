package fabio

import (
	"bufio"
	"fmt"
	"io"
	"strings"
)

// Lines prints what was counted, one value a line, as fabio's targets stdout
// and flat do, or with Labels as its target label.
type Lines struct {
	To     io.Writer
	Labels bool
}

// String names the receiver.
func (l Lines) String() string { return "stdout" }

func (l Lines) send(n *Names, values []value) error {
	out := bufio.NewWriter(l.To)
	for i := range values {
		v := &values[i]
		name, labels := n.prefix+"."+plain(n.flat(v)), ""
		if l.Labels {
			name, labels = n.prefix+"."+v.name, v.labelText()
		}
		switch {
		case v.kind != timer:
			fmt.Fprintf(out, "%s:%d|%c%s\n", name, int64(v.n), v.kind, labels)
		case v.count() > 0:
			fmt.Fprintf(out, "%s:%.0f|ms%s\n", name, 1000*v.quantile(.5), labels)
		}
	}
	return out.Flush()
}

// labelText gives the labels in fabio's form: "|#code:200,service:web".
func (v *value) labelText() string {
	var parts []string
	for _, l := range v.labels {
		parts = append(parts, l.GetName()+":"+tagged(l.GetValue()))
	}
	if parts == nil {
		return ""
	}
	return "|#" + strings.Join(parts, ",")
}
