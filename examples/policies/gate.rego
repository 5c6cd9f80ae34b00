# Decides for each finding of a scanner whether it may go on.
#
# Input is an OCSF 1.8 finding, as the source `trivy` makes it. A finding is stopped when it is
# - a vulnerability that is critical and has a fix,
# - a vulnerability that is high and has a fix, some time after it was published (data.limits.high_fix_days),
# - a secret.
# Findings that are suppressed or resolved go on, and so does whatever has a waiver (data.waivers) that is in force at
# the time of the finding: `time.now_ns()` is the time of the event, so that a replay decides the same.
package gate

critical := 5

high := 4

vulnerability_finding := 2002

data_security_finding := 2006

suppressed := 3

resolved := 4

verdict := {"allow": count(reasons) == 0, "reasons": reasons}

reasons contains sprintf("%s in %s is critical, and %s.%s", [id, package_name, fix, waiver_note]) if {
	open_vulnerability
	input.severity_id == critical
	not waived
}

reasons contains sprintf("%s in %s is high, was published %d days ago, and %s.%s", [id, package_name, age_days, fix, waiver_note]) if {
	open_vulnerability
	input.severity_id == high
	age_days > data.limits.high_fix_days
	not waived
}

reasons contains sprintf("%s in %s: a secret has to be revoked and taken out.%s", [title, path, waiver_note]) if {
	input.class_uid == data_security_finding
	not is_settled
	not waived
}

open_vulnerability if {
	input.class_uid == vulnerability_finding
	not is_settled
	fixed_versions != set()
}

# A rule of its own: `not input.status_id in {…}` would be undefined, and let pass, where there is no status.
is_settled if input.status_id in {suppressed, resolved}

default title := "A finding"

title := input.finding_info.title

default path := "an unknown file"

path := input.file.path

path := input.file.name if not input.file.path

vulnerability := input.vulnerabilities[0]

# The number of the vulnerability, or the name of the rule that found a secret.
default id := "An unnamed vulnerability"

id := vulnerability.cve.uid

id := vulnerability.advisory.uid

id := input.data_security.detection_pattern

default package_name := "an unnamed package"

package_name := vulnerability.affected_packages[0].name

fixed_versions contains version if {
	some affected in vulnerability.affected_packages
	version := affected.fixed_in_version
	version != ""
}

fix := sprintf("%s fixes it", [concat(" or ", fixed_versions)])

# Milliseconds, as OCSF has them.
published := vulnerability.cve.created_time

published := vulnerability.advisory.created_time

age_days := floor((time.now_ns() - (published * 1000000)) / 86400000000000)

# Waivers stand under the id that they are for. One with a package or an asset is for these alone.
waivers contains waiver if {
	some waiver in data.waivers[id]
	object.get(waiver, "package", package_name) == package_name
	object.get(waiver, "asset", asset) == asset
}

default asset := "an unnamed asset"

asset := input.resources[0].uid

waived if {
	some waiver in waivers
	time.parse_rfc3339_ns(waiver.expires) > time.now_ns()
}

default waiver_note := ""

waiver_note := sprintf(" Its waiver ended on %s.", [max(ended)]) if ended != set()

ended contains time.format([moment, "UTC", "2006-01-02"]) if {
	some waiver in waivers
	moment := time.parse_rfc3339_ns(waiver.expires)
	moment <= time.now_ns()
}
