package gate_test

import data.gate

now := time.parse_rfc3339_ns("2026-11-21T08:00:00Z")

finding(severity, published, fixed) := {
	"class_uid": 2002,
	"severity_id": severity,
	"status_id": 1,
	"finding_info": {"uid": "k", "title": "Prototype pollution"},
	"resources": [{"uid": "registry.example/shop@sha256:0"}],
	"vulnerabilities": [{
		"cve": {"uid": "CVE-2021-44906", "created_time": time.parse_rfc3339_ns(published) / 1000000},
		"affected_packages": [object.union({"name": "minimist", "version": "1.2.0"}, fixed)],
	}],
}

fixed := {"fixed_in_version": "1.2.6"}

critical := finding(5, "2026-11-20T00:00:00Z", fixed)

secret := {
	"class_uid": 2006,
	"severity_id": 5,
	"status_id": 1,
	"finding_info": {"uid": "k", "title": "Stripe secret key"},
	"data_security": {"detection_pattern": "stripe-secret-token"},
	"file": {"name": "app.py", "path": "src/app.py"},
	"resources": [{"uid": "registry.example/shop@sha256:0"}],
}

verdict(finding, waivers) := result if {
	result := gate.verdict with input as finding
		with data.waivers as waivers
		with data.limits as {"high_fix_days": 14}
		with time.now_ns as now
}

test_critical_with_a_fix_is_stopped if {
	verdict(critical, {}) == {"allow": false, "reasons": {"CVE-2021-44906 in minimist is critical, and 1.2.6 fixes it."}}
}

test_critical_without_a_fix_goes_on if verdict(finding(5, "2020-01-01T00:00:00Z", {}), {}).allow

test_high_is_stopped_after_two_weeks if {
	late := verdict(finding(4, "2026-11-01T00:00:00Z", fixed), {})
	late.reasons == {"CVE-2021-44906 in minimist is high, was published 20 days ago, and 1.2.6 fixes it."}
	verdict(finding(4, "2026-11-10T00:00:00Z", fixed), {}).allow
}

test_medium_goes_on if verdict(finding(3, "2020-01-01T00:00:00Z", fixed), {}).allow

test_secret_is_stopped if {
	verdict(secret, {}).reasons == {"Stripe secret key in src/app.py: a secret has to be revoked and taken out."}
}

test_suppressed_and_resolved_go_on if {
	every status in {3, 4} {
		verdict(object.union(critical, {"status_id": status}), {}).allow
		verdict(object.union(secret, {"status_id": status}), {}).allow
	}
}

test_waiver_in_force if {
	verdict(critical, {"CVE-2021-44906": [{"expires": "2026-12-31T00:00:00Z"}]}).allow
	verdict(critical, {"CVE-2021-44906": [{"package": "minimist", "expires": "2026-12-31T00:00:00Z"}]}).allow
	verdict(secret, {"stripe-secret-token": [{"expires": "2026-12-31T00:00:00Z"}]}).allow
}

test_waiver_for_something_else if {
	every waiver in [{"package": "lodash"}, {"asset": "registry.example/other@sha256:1"}] {
		not verdict(critical, {"CVE-2021-44906": [object.union(waiver, {"expires": "2026-12-31T00:00:00Z"})]}).allow
	}
	not verdict(critical, {"CVE-2020-8203": [{"expires": "2026-12-31T00:00:00Z"}]}).allow
}

test_waiver_that_has_ended if {
	verdict(critical, {"CVE-2021-44906": [{"expires": "2026-10-31T00:00:00Z"}]}).reasons == {concat("", [
		"CVE-2021-44906 in minimist is critical, and 1.2.6 fixes it.",
		" Its waiver ended on 2026-10-31.",
	])}
}

test_waiver_without_a_date_is_none if not verdict(critical, {"CVE-2021-44906": [{"expires": "soon"}]}).allow

test_other_events_go_on if verdict({"class_uid": 6007, "severity_id": 1}, {}).allow

test_findings_with_little_in_them if {
	verdict({}, {}).allow
	verdict({"class_uid": 2002, "severity_id": 5}, {}).allow
	verdict({"class_uid": 2006}, {}).reasons == {"A finding in an unknown file: a secret has to be revoked and taken out."}
}
