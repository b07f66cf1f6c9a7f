package http2

import "golang.org/x/net/http2"

// settings are what the peer has announced (RFC 9113 section 6.5.2). Its
// largest frame does not matter: we never send more than the least it must take.
type settings struct {
	window  int64  // initial, of streams
	streams uint32 // that we may open at a time
	connect bool   // extended CONNECT is offered (RFC 8441)
}

// defaultSettings hold until the peer's come. The number of streams is
// unlimited by then; the suggestion of the RFC is safer than to believe that.
func defaultSettings() settings { return settings{window: specWindow, streams: 100} }

func (l *link) onSettings(f *http2.SettingsFrame) error {
	if f.IsAck() {
		return l.budget.spendControl()
	}
	if err := l.budget.spendSettings(); err != nil {
		return err
	}
	window := l.peer.window
	if err := f.ForeachSetting(l.onSetting); err != nil {
		return err
	}
	if delta := l.peer.window - window; delta != 0 {
		if err := l.shiftWindows(delta); err != nil {
			return err
		}
	}
	if l.err == nil {
		l.fr.WriteSettingsAck()
	}
	return nil
}

func (l *link) onSetting(s http2.Setting) error {
	if err := s.Valid(); err != nil {
		return err
	}
	switch s.ID {
	case http2.SettingHeaderTableSize:
		l.enc.hp.SetMaxDynamicTableSize(s.Val)
	case http2.SettingInitialWindowSize:
		l.peer.window = int64(s.Val)
	case http2.SettingMaxConcurrentStreams:
		l.peer.streams = s.Val
	case http2.SettingEnableConnectProtocol:
		l.peer.connect = s.Val == 1
	}
	return nil
}

// shiftWindows applies a new initial window to the open streams, whose windows
// may become negative (RFC 9113 section 6.9.2).
func (l *link) shiftWindows(delta int64) error {
	for _, s := range l.streams {
		if s.sendWin += delta; s.sendWin > maxWindow {
			return http2.ConnectionError(http2.ErrCodeFlowControl)
		}
		s.cond.Broadcast()
	}
	return nil
}
