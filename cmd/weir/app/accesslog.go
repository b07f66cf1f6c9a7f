package app

import (
	"errors"
	"fmt"
	"io"
	"os"

	"weir/accesslog"
)

// accessLogConfig is the configured access log, without its output; nil for none.
func (a *App) accessLogConfig() (*accesslog.Config, error) {
	c := a.Config.Log.Access
	err := errors.Join(named("log.access.format", accesslog.Check(c.Format)), named("log.access.filter", accesslog.CheckFilter(c.Filter)))
	if _, addrErr := accesslog.Syslog(c.Syslog); addrErr != nil {
		err = errors.Join(err, named("log.access.syslog.addr", addrErr))
	}
	if c.Target == "" || err != nil {
		return nil, err
	}
	return &accesslog.Config{Format: c.Format, Filter: c.Filter, Sample: c.Sample, Log: a.Log}, nil
}

// addAccessLog has a line written for everything that is served.
func (a *App) addAccessLog(p *parts) error {
	conf, err := a.accessLogConfig()
	if conf == nil {
		return err
	}
	if conf.Output, err = a.accessOutput(); err != nil {
		return err
	}
	if p.accessLog, err = accesslog.New(*conf); err != nil {
		return err
	}
	p.observer.CountDropped(p.accessLog.Dropped)
	p.loops = append(p.loops, p.accessLog.Run)
	return nil
}

// accessOutput opens what log.access.target names.
func (a *App) accessOutput() (io.WriteCloser, error) {
	switch c := a.Config.Log.Access; {
	case c.Target == "file":
		out, err := accesslog.File(c.File.Path, c.File.MaxSize, c.File.Keep)
		return out, named("log.access.file.path", err)
	case c.Target == "syslog":
		return accesslog.Syslog(c.Syslog)
	case a.AccessLog != nil:
		return accesslog.Stream(a.AccessLog), nil
	}
	return accesslog.Stream(os.Stdout), nil
}

// named adds a key to an error, if there is one.
func named(key string, err error) error {
	if err == nil {
		return nil
	}
	return fmt.Errorf("%s: %w", key, err)
}
