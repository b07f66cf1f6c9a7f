package policy

import "weir/route"

// Step is one thing to do; exactly one field is set.
type Step struct {
	Preview   *Preview      `json:"preview,omitempty" help:"wait until the candidate's instances pass; it is reached by the isolated hostname only"`
	SetWeight *route.Weight `json:"set_weight,omitempty" help:"the candidate's weight from now on"`
	Pause     *Pause        `json:"pause,omitempty" help:"wait"`
	Analysis  *Until        `json:"analysis,omitempty" help:"wait for the verdict"`
	Mirror    *Mirror       `json:"mirror,omitempty" help:"copy requests to the candidate, from now on"`
	Gate      *Gate         `json:"gate,omitempty" help:"ask somebody else"`
	Bake      *Bake         `json:"bake,omitempty" help:"wait for the verdict while the old version stands by"`
	Promote   *Promote      `json:"promote,omitempty" help:"make the candidate the stable version; the last step"`
}

// Preview waits until the candidate's instances pass.
type Preview struct{}

// Pause waits for its duration, or for a person to promote if that is 0.
type Pause struct {
	Duration Duration `json:"duration,omitempty" help:"how long; without it until somebody promotes"`
}

// Until waits for the verdict.
type Until struct {
	Until          UntilWhat      `json:"until" help:"pass, or time to wait for max unless the candidate fails"`
	Max            Duration       `json:"max" help:"how long at most"`
	OnInconclusive OnInconclusive `json:"on_inconclusive" help:"what to do when there is no verdict by then"`
}

// Mirror copies a part of the requests to the candidate and drops the answers.
type Mirror struct {
	Percent float64  `json:"percent" help:"of the requests; 0 ends it" min:"0" max:"100"`
	Methods []string `json:"methods" help:"the methods that are copied: GET, HEAD or OPTIONS; requests with a body are not"`
}

// Gate asks a webhook or Prometheus whether the rollout may go on. Exactly one
// of the two is set.
type Gate struct {
	Name       string      `json:"name" help:"shown, and unique in the policy"`
	Webhook    string      `json:"webhook,omitempty" help:"URL that is sent the rollout; an answer of 200 to 299 is yes"`
	Prometheus *Prometheus `json:"prometheus,omitempty" help:"query whose value decides"`
	Timeout    Duration    `json:"timeout" help:"how long the answer may take, with all tries"`
	OnTimeout  Answer      `json:"on_timeout" help:"what no answer means"`
}

// Prometheus is a query that gives one number. The bounds belong to it.
type Prometheus struct {
	URL   string   `json:"url" help:"of the server, such as http://prometheus:9090"`
	Query string   `json:"query" help:"expression that gives one value"`
	Min   *float64 `json:"min,omitempty" help:"least value that is yes"`
	Max   *float64 `json:"max,omitempty" help:"greatest value that is yes"`
}

// Bake keeps the weight while the old version's instances still run.
type Bake struct {
	Duration       Duration       `json:"duration" help:"how long"`
	OnInconclusive OnInconclusive `json:"on_inconclusive" help:"what to do when there is no verdict by then"`
}

// Promote ends the rollout.
type Promote struct {
	Nomad Nomad `json:"nomad,omitempty" help:"what weir may do in Nomad; without it as in the policy"`
}
