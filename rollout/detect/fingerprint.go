package detect

import (
	"bytes"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"fmt"
)

// Fingerprint tells whether two versions of a Nomad job run the same thing in a
// task group. job is a job as the API gives it (/v1/job/ID, or one of
// /v1/job/ID/versions). Only what makes Nomad replace allocations counts: a
// version that changes the count, the update stanza or the tags of services is
// the same, and so is a revert.
func Fingerprint(job json.RawMessage, group string) (string, error) {
	var j map[string]any
	d := json.NewDecoder(bytes.NewReader(job))
	d.UseNumber()
	if err := d.Decode(&j); err != nil {
		return "", fmt.Errorf("job: %w", err)
	}
	groups, _ := j["TaskGroups"].([]any)
	for _, g := range groups {
		if g, ok := g.(map[string]any); ok && g["Name"] == group {
			return fingerprint(j, g)
		}
	}
	return "", fmt.Errorf("job %v has no task group %q", j["ID"], group)
}

func fingerprint(job, group map[string]any) (string, error) {
	what := map[string]any{
		"job":   pick(job, "Meta"),
		"group": pick(group, "Meta", "Networks", "Volumes", "EphemeralDisk"),
	}
	var tasks []any
	list, _ := group["Tasks"].([]any)
	for _, t := range list {
		if t, ok := t.(map[string]any); ok {
			tasks = append(tasks, pick(t, "Name", "Driver", "User", "Config", "Env", "Meta", "Artifacts", "Templates",
				"Vault", "DispatchPayload", "Lifecycle", "Resources", "VolumeMounts", "Kind"))
		}
	}
	what["tasks"] = tasks
	text, err := json.Marshal(what) // keys are sorted
	sum := sha256.Sum256(text)
	return hex.EncodeToString(sum[:8]), err
}

// pick copies the keys that are set.
func pick(from map[string]any, keys ...string) map[string]any {
	to := map[string]any{}
	for _, k := range keys {
		if from[k] != nil {
			to[k] = from[k]
		}
	}
	return to
}
