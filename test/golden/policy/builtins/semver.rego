package builtins.semver

versions := [
	"1.0.0", "v1.0.0", "2.0.0", "1.10.0", "1.9.0", "1.0.0-alpha", "1.0.0-alpha.1", "1.0.0-alpha.beta", "1.0.0-beta",
	"1.0.0-beta.2", "1.0.0-beta.11", "1.0.0-rc.1", "1.0.0+build.1", "1.0.0-rc.1+build.5", "9223372036854775807.0.0",
]

broken := [
	"", "1", "1.0", "1.0.0.0", "01.0.0", "1.00.0", "1.0.0-", "1.0.0-a..b", "1.0.0-01", "1.0.0-0a", "1.0.0+", "1.0.0+a..b",
	"1.0.0-é", "V1.0.0", " 1.0.0", "1.0.0 ", "1.0.x", "-1.0.0", "+1.0.0", "9223372036854775808.0.0", "1.0.0+001", "vv1.0.0",
	"1.0.0-a+b+c", "1.0.0-0", "1.0.0--", "1.0.0-1-2",
]

valid[version] := semver.is_valid(version) if some version in array.concat(versions, broken)

valid["a number"] := semver.is_valid(json.unmarshal("1"))

order[key] := semver.compare(a, b) if {
	some a in array.concat(versions, ["1.0", "x"])
	some b in versions
	key := sprintf("%s %s", [a, b])
}
