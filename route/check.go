package route

// CheckCommands lists the lines of c that can never have an effect, because
// they are not in the command language or their destination or options cannot
// be used. A line that only matches nothing as yet is good.
func CheckCommands(c Commands, o Options) (bad []Problem) {
	b := &builder{drafts: newDrafts(o, 0)}
	for source, line := range c.lines() {
		parsed, err := o.parseCommand(line)
		if err == nil && parsed.verb == "add" {
			err = b.runLine(line, &Target{up: true})
		}
		if err != nil {
			bad = append(bad, Problem{source, parsed.service, "", clip(line, maxTag), err.Error()})
		}
	}
	return bad
}
