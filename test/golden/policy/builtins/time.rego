package builtins.time

ns(value) := sprintf("%d", [value])

layouts := {
	"ANSIC", "UnixDate", "RubyDate", "RFC822", "RFC822Z", "RFC850", "RFC1123", "RFC1123Z", "RFC3339", "RFC3339Nano",
	"2006-01-02", "Jan _2, 2006 at 3:04pm (MST)", "Mon Monday Jan January 1 01 2 02 _2 __2 002 06 2006",
	"15 3 03 4 04 5 05 PM pm", "05.000 05,000000 05.999 05,999999999 .00a", "Z07 Z0700 Z07:00 Z070000 Z07:00:00",
	"-07 -0700 -07:00 -070000 -07:00:00", "Januarya Jana Mona 2006x _2006", "plain text",
}

moments(_) := {
	"epoch": 0, "leap": 1709210096789012345, "before": -12345678901234567, "noon": 1721044800000000000,
	"midnight": 1735689600000000000, "micro": 1500000000000001000, "december": 1576800000123000000,
}

zones := {
	"", "UTC", "Local", "Europe/Berlin", "America/New_York", "Asia/Kolkata", "Asia/Kathmandu", "America/Sao_Paulo",
	"Australia/Sydney", "Africa/Nairobi", "America/St_Johns",
}

# The host's tables name zones from 1970 on, and not all of them.
nameless("before", layout) if regex.match(`MST|RFC822|RFC850|RFC1123|UnixDate`, layout)

format[key] := time.format([moment, zone, layout]) if {
	some name, moment in moments(0)
	some zone in {"", "America/New_York", "Asia/Kolkata"}
	some layout in layouts
	not nameless(name, layout)
	key := sprintf("%s %s %s", [name, zone, layout])
}

format[key] := time.format([moment, zone]) if {
	some name, moment in moments(0)
	some zone in zones
	key := sprintf("%s %s", [name, zone])
}

format[key] := time.format([moment, zone, "MST -0700"]) if {
	some name in ["noon", "midnight"]
	moment := moments(0)[name]
	some zone in ["UTC", "Europe/Berlin", "America/New_York", "Asia/Kolkata", "Asia/Kathmandu", "America/Sao_Paulo"]
	key := sprintf("abbreviation %s %s", [name, zone])
}

format["a number"] := time.format(1709210096789012345)

format["a list of one"] := time.format(json.unmarshal("[1709210096789012345]"))

format["nothing"] := time.format(json.unmarshal("[]"))

format["no zone"] := time.format([0, "Nowhere/Land"])

format["an offset is no zone"] := time.format([0, "+01:00"])

format["too large"] := time.format(9223372036854775808)

fields[name] := [time.date(moment), time.clock(moment), time.weekday(moment)] if some name, moment in moments(0)

fields[key] := [time.date([moment, zone]), time.clock([moment, zone]), time.weekday([moment, zone])] if {
	some name, moment in moments(0)
	some zone in zones
	key := sprintf("%s %s", [name, zone])
}

rfc3339[text] := ns(time.parse_rfc3339_ns(text)) if {
	some text in [
		"2017-06-02T19:00:00-07:00", "1970-01-01T00:00:00Z", "2024-02-29T12:34:56.789012345Z",
		"2024-02-29T12:34:56.7890123456789Z", "2023-02-29T00:00:00Z", "2024-13-01T00:00:00Z", "2024-01-01",
		"2024-01-01T24:00:00Z", "2024-01-01T00:60:00Z", "2024-01-01T00:00:60Z", "2024-01-01t00:00:00z",
		"2024-01-01T00:00:00", "2024-01-01T00:00:00+0200", "2024-01-01T00:00:00+02:00", "2024-01-01T00:00:00-00:00",
		"2024-01-01T5:00:00Z", "2024-01-01T00:00:00,5Z", "2024-01-01T00:00:00+24:60", "2024-01-01T00:00:00+25:00",
		"1677-09-21T00:12:43.145224192-00:00", "1677-09-21T00:12:43Z", "2262-04-11T23:47:16.854775807-00:00",
		"2263-01-01T00:00:00Z", " 2024-01-01T00:00:00Z", "2024-01-01T00:00:00Z ", "", "now",
	]
}

parse[key] := ns(time.parse_ns(layout, text)) if {
	some [layout, text] in [
		["RFC822", "02 Jan 06 15:04 MST"], ["RFC822Z", "02 Jan 06 15:04 -0700"], ["RFC850", "Monday, 02-Jan-06 15:04:05 MST"],
		["RFC1123", "Mon, 02 Jan 2006 15:04:05 GMT"], ["RFC1123", "Mon, 02 Jan 2006 15:04:05 GMT+3"],
		["RFC1123Z", "Mon, 02 Jan 2006 15:04:05 +0130"], ["ANSIC", "Mon Jan  2 15:04:05 2006"],
		["UnixDate", "Mon Jan  2 15:04:05 UTC 2006"], ["RubyDate", "Mon Jan 02 15:04:05 -0700 2006"],
		["2006-01-02", "2024-02-29"], ["2006-01-02", "2023-02-29"], ["2006-1-2", "2024-2-9"], ["2006-01-02", "2024-2-9"],
		["02.01.2006 15:04", "31.12.2023 23:59"], ["Jan 2 2006", "feb 3 2024"], ["January 2 2006", "FEBRUARY 3 2024"],
		["Jan 2 2006", "February 3 2024"], ["Monday Jan 2 2006", "tuesday Feb 3 2024"], ["3:04PM 2006", "12:04AM 2024"],
		["3:04PM 2006", "12:04PM 2024"], ["3:04pm 2006", "1:04pm 2024"], ["3:04pm 2006", "1:04PM 2024"],
		["03:04 PM 2006", "13:04 PM 2024"], ["2006 002", "2024 366"], ["2006 002", "2023 366"], ["2006 __2", "2024  60"],
		["2006 002 01", "2024 060 02"], ["06", "68"], ["06", "69"], ["15:04:05 2006", "01:02:03.456 2024"],
		["15:04:05.000 2006", "01:02:03.456 2024"], ["15:04:05.000 2006", "01:02:03.45 2024"],
		["15:04:05.999 2006", "01:02:03 2024"], ["15:04:05.999 2006", "01:02:03.123456 2024"], ["2006  01", "2024 02"],
		["2006 01", "2024    02"], ["2006 01", "202402"], ["2006 MST", "2024 CEST"], ["2006 MST", "2024 ChST"],
		["2006 MST", "2024 WITA"], ["2006 MST", "2024 AB"], ["2006 MST", "2024 +03"], ["2006 MST", "2024 ABCDEF"],
		["2006 Z07", "2024 Z"], ["2006 Z07", "2024 +05"], ["2006 Z0700", "2024 -0530"], ["2006 -07:00:00", "2024 +01:02:03"],
		["2006 -07", "2024 Z"], ["2006", "2024x"], ["2006", "24"], ["", ""], ["x", "y"],
	]
	key := sprintf("%s | %s", [layout, text])
}

duration[text] := ns(time.parse_duration_ns(text)) if {
	some text in [
		"1h", "1h30m", "-1.5h", "+5s", "100ms", "1us", "1µs", "1ns", "1.5ns", "0", "-0", "", "5", "h", "1x", "1d", "1d2h30m",
		"1w", "1.5d", "1y", "-2w", "1d 2h", "1.2.3s", ".5s", "5.s", ".s", "2562047h47m16.854775807s", "2562048h", "106751d",
		"106752d", "1dd", "0.0000001d", "9999999999999999999999h", "1m1ms1us1ns",
	]
}

add_date[key] := ns(time.add_date(moment, years, months, days)) if {
	some [moment, years, months, days] in [
		[1585852421593912000, 3, 9, 12], [1585852421593912000, -1, -1, -1], [1709164800000000000, 1, 0, 0],
		[1706659200000000000, 0, 1, 0], [0, 0, 0, 400], [0, 0, -25, 0], [0, 292, 0, 0], [0, 300, 0, 0], [0, 0, 0, 1e9],
		[[1711843200000000000, "Europe/Berlin"], 0, 0, 0], [[1711756800000000000, "Europe/Berlin"], 0, 0, 1],
		[[1729987200000000000, "Europe/Berlin"], 0, 0, 1], [[1710054000000000000, "America/New_York"], 0, 0, 1],
		[[1711850400000000000, "Europe/London"], 0, 6, 0],
	]
	key := sprintf("%v", [[moment, years, months, days]])
}

diff[key] := time.diff(a, b) if {
	some [a, b] in [
		[0, 0], [0, 1700000000000000000], [1700000000000000000, 0], [1709164800000000000, 1706659200000000000],
		[1583000000000000000, 1580428800000000000], [1704067199000000000, 1704067200000000000],
		[[1700000000000000000, "Asia/Kolkata"], 1600000000000000000],
		[[1711843200000000000, "Europe/Berlin"], [1700000000000000000, "America/New_York"]], [-1, 1],
		[1675123200000000000, 1677628800000000000], [951782400000000000, 983404799000000000],
	]
	key := sprintf("%v", [[a, b]])
}
