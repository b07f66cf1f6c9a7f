package config

import (
	"strings"
)

// keyLines finds the lines on which keys of a properties or TOML file stand.
// It is for messages only: neither library tells, and a key written in an
// unusual way is simply not found.
func keyLines(data string) map[string][]int {
	lines := map[string][]int{}
	section, continued, number := "", false, 0
	for line := range strings.Lines(data) {
		number++
		line = strings.TrimSpace(line)
		more := continued
		continued = strings.HasSuffix(line, `\`)
		if more || line == "" || line[0] == '#' || line[0] == '!' {
			continue
		}
		if line[0] == '[' {
			section, _, _ = strings.Cut(strings.TrimLeft(line, "[ "), "]")
			continue
		}
		end := strings.IndexAny(line, " \t=:")
		if end < 0 {
			end = len(line)
		}
		key := under(section, strings.Trim(line[:end], `"'`))
		lines[key] = append(lines[key], number)
	}
	return lines
}
