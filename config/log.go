package config

import "log/slog"

// Log says what the log and the access log hold.
type Log struct {
	// Level is the lowest level that is written. TRACE is slog.LevelDebug-4,
	// FATAL is slog.LevelError+4.
	Level  slog.Level
	Routes string // "delta", "detail" or "all": what is told of a new table
	Access AccessLog
}

// AccessLog says what is written of each request and connection.
type AccessLog struct {
	Target string  // empty (none), "stdout", "file" or "syslog"
	Format string  // "common", "combined", "json" or a template
	Filter string  // conditions; empty: all
	Sample float64 // 0 to 1
	File   AccessFile
	Syslog string // address; empty: the socket of this machine
}

// AccessFile is used when AccessLog.Target is "file".
type AccessFile struct {
	Path    string // set when it is used
	MaxSize int    // megabytes
	Keep    int    // files of before: at least 1
}
