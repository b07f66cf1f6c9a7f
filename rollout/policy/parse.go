package policy

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"reflect"
	"slices"
	"strings"

	"go.yaml.in/yaml/v3"
)

// MaxSize bounds the text of a policy, in bytes.
const MaxSize = 64 << 10

// Parse reads a policy in YAML, JSON or HCL, fills in the defaults and checks it
// as a whole. An error is Problems, unless the text is none of them. Which of them
// it is the text itself tells: no text is a policy in two.
func Parse(text []byte) (Policy, error) {
	d := &decoder{leaves: leaves()}
	root, err := d.read(text)
	if err != nil {
		return Policy{}, err
	}
	p := Default(Canary)
	p.Steps = nil
	d.value(root, reflect.ValueOf(&p).Elem(), "", "")
	if p.Steps == nil {
		p.Steps = defaultSteps(p.Strategy)
	}
	d.check(&p, root)
	if len(d.problems) > 0 {
		return Policy{}, d.problems
	}
	return p, nil
}

// read makes the tree of the text's only document.
func (d *decoder) read(text []byte) (*yaml.Node, error) {
	if len(text) > MaxSize {
		return nil, fmt.Errorf("a policy of %d bytes is too long, at most %d are allowed", len(text), MaxSize)
	}
	switch d.isJSON = json.Valid(text); {
	case d.isJSON:
		var short bytes.Buffer // without the tabs that YAML does not take
		if err := json.Compact(&short, text); err != nil {
			return nil, err
		}
		text = short.Bytes()
	case startsHCL.Match(text):
		return readHCL(text)
	}
	return readYAML(text)
}

// readYAML makes the tree of a text in YAML, of which JSON is a part.
func readYAML(text []byte) (*yaml.Node, error) {
	var doc yaml.Node
	from := yaml.NewDecoder(bytes.NewReader(text))
	switch err := from.Decode(&doc); {
	case errors.Is(err, io.EOF) || err == nil && len(doc.Content) == 0:
		return nil, errors.New("the policy is empty")
	case err != nil:
		return nil, fmt.Errorf("it is neither YAML, JSON nor HCL: %w", err)
	}
	if err := from.Decode(new(yaml.Node)); !errors.Is(err, io.EOF) {
		return nil, errors.New("there is more than one document; write each policy by itself")
	}
	return doc.Content[0], refuseAliases(doc.Content[0])
}

// refuseAliases keeps a policy readable from top to bottom, and as long as it
// is written.
func refuseAliases(n *yaml.Node) error {
	if n.Kind == yaml.AliasNode || n.Anchor != "" {
		return Problems{{Line: n.Line, Value: n.Anchor + n.Value, Want: "anchors and aliases are not taken; write it out"}}
	}
	for _, c := range n.Content {
		if err := refuseAliases(c); err != nil {
			return err
		}
	}
	return nil
}

// check adds what is wrong with the whole, but for places that could not be
// read at all.
func (d *decoder) check(p *Policy, root *yaml.Node) {
	lines := map[string]int{}
	note(root, "", lines)
	unread := d.problems
	for _, found := range p.check() {
		if slices.ContainsFunc(unread, func(u Problem) bool { return isWithin(u.Path, found.Path) }) {
			continue
		}
		if !d.isJSON {
			found.Line = lineOf(found.Path, lines)
		}
		d.problems = append(d.problems, found)
	}
	slices.SortStableFunc(d.problems, func(a, b Problem) int { return a.Line - b.Line })
}

// lineOf is the line of a path, or of what it is missing in.
func lineOf(path string, lines map[string]int) int {
	for path != "" && lines[path] == 0 {
		path = path[:max(0, strings.LastIndexAny(path, ".["))]
	}
	return lines[path]
}

// isWithin reports whether path is outer or a part of it. The whole policy is
// only itself.
func isWithin(path, outer string) bool {
	rest, ok := strings.CutPrefix(path, outer)
	return ok && (rest == "" || outer != "" && (rest[0] == '.' || rest[0] == '['))
}

// note writes down where each path is.
func note(n *yaml.Node, path string, lines map[string]int) {
	lines[path] = n.Line
	for i, c := range n.Content {
		switch {
		case n.Kind == yaml.SequenceNode:
			note(c, fmt.Sprintf("%s[%d]", path, i), lines)
		case i%2 == 1:
			note(c, join(path, n.Content[i-1].Value), lines)
			lines[join(path, n.Content[i-1].Value)] = n.Content[i-1].Line
		}
	}
}
