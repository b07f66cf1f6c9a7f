package config

// Tracing says where spans of requests go.
type Tracing struct {
	Endpoint string  // URL of an OTLP receiver; empty: none
	Sample   float64 // 0 to 1
	Service  string
}
