package route

import (
	"cmp"
	"errors"
	"iter"
	"slices"
	"strconv"
	"strings"
)

// builder collects what Build makes.
type builder struct {
	*drafts
	problems []Problem
}

// Build makes the table of in and lists every tag, line and intent that could
// not be honoured. It never fails: what is bad harms only itself.
func Build(in Input) (*Table, []Problem) {
	if in.Options.TagPrefix == "" {
		in.Options.TagPrefix = "urlprefix-"
	}
	b := &builder{drafts: newDrafts(in.Options, len(in.Instances))}
	all := sorted(in.Instances)
	for _, i := range all {
		b.addInstance(i)
	}
	for _, c := range in.Commands {
		b.run(c)
	}
	b.addApart(all)
	return b.table(&in), b.problems
}

// sorted gives the instances in an order that does not depend on the
// registry's.
func sorted(all []Instance) []*Instance {
	list := make([]*Instance, len(all))
	for i := range all {
		list[i] = &all[i]
	}
	slices.SortStableFunc(list, func(a, b *Instance) int {
		return cmp.Or(strings.Compare(a.Service, b.Service), strings.Compare(a.ID, b.ID),
			strings.Compare(a.Node, b.Node), strings.Compare(a.Address, b.Address), a.Port-b.Port)
	})
	return list
}

// addInstance makes the routes of an instance's tags.
func (b *builder) addInstance(in *Instance) {
	routes, others := in.sortTags(b.opts.TagPrefix)
	if len(routes) == 0 {
		return
	}
	id, notes := in.identify(others)
	for _, note := range notes {
		b.problem(Problem{"tag", in.Service, in.ID, note.text, note.reason})
	}
	for _, tag := range routes {
		t := in.target(tag, others)
		if err := b.addTag(in, id, t, tag); err != nil {
			b.trouble(t, err.Error())
		}
	}
}

// addTag makes the route of one tag, with the target t.
func (b *builder) addTag(in *Instance, id identity, t *Target, tag string) error {
	if in.Service == "" || checkText(in.Service) != nil || strings.Contains(in.Service, " ") {
		return errors.New("service name " + strconv.Quote(in.Service) + " is empty or holds blanks, quotes or control characters")
	}
	s, err := b.read(in, t, tag)
	if t.settings == nil {
		return err
	}
	t.weight = t.settings.weight
	return b.addTarget(s, t, id, err)
}

// read fills in what a tag says of t. The settings stay nil when it cannot be
// read.
func (b *builder) read(in *Instance, t *Target, tag string) (s source, err error) {
	s, options, err := b.opts.parseTag(in.Datacenter, tag)
	if err != nil {
		return s, err
	}
	if t.settings, err = parseSettings(options, true); err != nil {
		t.settings = nil
		return s, err
	}
	s.when = t.settings.when
	if t.settings.redirectTo == "" {
		t.dest, err = instanceDest(t.settings.proto, in.Address, in.Port)
	}
	return s, err
}

// addTarget completes a target and puts it on its route. err is why its
// destination cannot be used.
func (b *builder) addTarget(s source, t *Target, id identity, err error) error {
	if set := t.settings; set.redirect != "" {
		t.redirect, err = newRedirect(set.redirect, set.redirectTo, set.strip, set.prepend)
		t.dest = dest{url: set.redirectTo}
	}
	if err == nil {
		err = t.checkTLS(b.opts.Credentials)
		t.checkHTTP()
	}
	if err == nil && s.when != nil && (s.path == "" || t.Passthrough()) {
		err = errors.New(s.when.text + ": conditions are for requests over HTTP, and this route takes connections")
	}
	if err != nil {
		return err
	}
	t.identify(id)
	t.checkProxyProto(s)
	t.opts = t.settings.text()
	t.poolKey = t.makePoolKey()
	for _, note := range t.settings.notes {
		b.trouble(t, note)
	}
	return b.add(s, t)
}

// run evaluates the lines of c.
func (b *builder) run(c Commands) {
	for source, line := range c.lines() {
		t := &Target{origin: source, text: clip(line, maxTag), up: true}
		if err := b.runLine(line, t); err != nil {
			b.trouble(t, err.Error())
		}
	}
}

// lines yields the commands, trimmed, with the source of problems with them.
func (c Commands) lines() iter.Seq2[string, string] {
	return func(yield func(source, line string) bool) {
		n := 0
		for line := range strings.SplitSeq(c.Text, "\n") {
			n++
			line = strings.TrimSpace(line)
			if line == "" || line[0] == '#' || strings.HasPrefix(line, "//") {
				continue
			}
			if !yield(c.Source+":"+strconv.Itoa(n), line) {
				return
			}
		}
	}
}

// runLine evaluates one line; t is the target of a route add.
func (b *builder) runLine(line string, t *Target) error {
	c, err := b.opts.parseCommand(line)
	t.service = c.service
	switch {
	case err != nil:
		return err
	case c.verb == "del":
		b.del(c)
		return nil
	case c.verb == "weight":
		if !b.weigh(c) {
			return errors.New("it matches no target")
		}
		return nil
	}
	t.tags, t.weight = c.tags, c.weight
	if t.settings, err = parseSettings(c.opts, false); err != nil {
		return err
	}
	t.settings.redirectTo, c.source.when = c.dst, t.settings.when
	if t.settings.redirect == "" {
		t.dest, err = parseDest(c.dst)
	}
	id, notes := identify(c.tags, nil)
	for _, note := range notes {
		b.trouble(t, note.reason)
	}
	return b.addTarget(c.source, t, id, err)
}

// trouble lists a problem with t.
func (b *builder) trouble(t *Target, reason string) {
	b.problem(Problem{t.origin, t.service, t.instance, t.text, reason})
}

func (b *builder) problem(p Problem) { b.problems = append(b.problems, p) }
