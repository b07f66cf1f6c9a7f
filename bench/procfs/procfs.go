// Package procfs reads from Linux's /proc what a process and its children have
// used: proc_pid_stat(5), proc_pid_status(5).
package procfs

import (
	"bytes"
	"fmt"
	"io/fs"
	"os"
	"path"
	"strconv"
	"time"
)

// tick is the unit of times in /proc: the kernel's USER_HZ is 100 on every
// architecture that Go supports.
const tick = 10 * time.Millisecond

// FS is a /proc.
type FS struct{ Root fs.FS }

// Machine is the /proc of this machine.
func Machine() FS { return FS{os.DirFS("/proc")} }

// Usage is what a process and all its descendants have used.
type Usage struct {
	CPU time.Duration // user and system, all threads, ended children too; a multiple of 10 ms
	RSS int64         // resident bytes now; a page that two processes share counts twice
}

// Tree returns what pid and its descendants have used up to now. A process
// that ends meanwhile counts with its parent, which has waited for it.
func (p FS) Tree(pid int) (Usage, error) {
	stats, err := p.stats()
	if err != nil {
		return Usage{}, err
	}
	if _, ok := stats[pid]; !ok {
		return Usage{}, fmt.Errorf("process %d is not in /proc", pid)
	}
	var u Usage
	for id, s := range stats {
		if !descends(stats, id, pid) {
			continue
		}
		u.CPU += s.cpu
		rss, err := p.rss(id)
		if err != nil {
			return Usage{}, err
		}
		u.RSS += rss
	}
	return u, nil
}

// descends reports whether id is root or comes from it.
func descends(stats map[int]stat, id, root int) bool {
	for id != root {
		s, ok := stats[id]
		if !ok {
			return false
		}
		id = s.parent
	}
	return true
}

// stat is what counts of a process's stat file.
type stat struct {
	parent int
	cpu    time.Duration
}

// stats reads the stat file of every process.
func (p FS) stats() (map[int]stat, error) {
	entries, err := fs.ReadDir(p.Root, ".")
	if err != nil {
		return nil, fmt.Errorf("read /proc: %w", err)
	}
	stats := map[int]stat{}
	for _, e := range entries {
		pid, err := strconv.Atoi(e.Name())
		if err != nil {
			continue
		}
		text, err := fs.ReadFile(p.Root, path.Join(e.Name(), "stat"))
		if err != nil {
			continue // it has ended
		}
		if stats[pid], err = parseStat(text); err != nil {
			return nil, fmt.Errorf("/proc/%d/stat: %w", pid, err)
		}
	}
	return stats, nil
}

// parseStat reads parent, utime, stime, cutime and cstime: fields 4 and 14 to
// 17. The name before them may hold spaces and parentheses.
func parseStat(text []byte) (stat, error) {
	fields := bytes.Fields(text[bytes.LastIndexByte(text, ')')+1:])
	if len(fields) < 15 {
		return stat{}, fmt.Errorf("%q has too few fields", text)
	}
	parent, err := strconv.Atoi(string(fields[1]))
	if err != nil {
		return stat{}, fmt.Errorf("parent: %w", err)
	}
	s := stat{parent: parent}
	for _, f := range fields[11:15] {
		n, err := strconv.ParseInt(string(f), 10, 64)
		if err != nil {
			return stat{}, fmt.Errorf("time: %w", err)
		}
		s.cpu += time.Duration(n) * tick
	}
	return s, nil
}

// rss reads VmRSS. A process without memory of its own, such as one that has
// ended and is not waited for, has none.
func (p FS) rss(pid int) (int64, error) {
	text, err := fs.ReadFile(p.Root, path.Join(strconv.Itoa(pid), "status"))
	if err != nil {
		return 0, nil // it has ended
	}
	for line := range bytes.Lines(text) {
		value, ok := bytes.CutPrefix(line, []byte("VmRSS:"))
		if !ok {
			continue
		}
		n, err := strconv.ParseInt(string(bytes.TrimSpace(bytes.TrimSuffix(bytes.TrimSpace(value), []byte("kB")))), 10, 64)
		if err != nil {
			return 0, fmt.Errorf("/proc/%d/status: VmRSS: %w", pid, err)
		}
		return n << 10, nil
	}
	return 0, nil
}
