package builtins.units

amounts := [
	"0", "1", "10", "1.5", "-1", "-1.5Gi", "+2k", "100m", "1m", "0.5m", "1M", "1mi", "1Mi", "1k", "1K", "1ki", "1Ki", "1KI", "2.5G",
	"2.5gi", "1T", "1ti", "1P", "1pi", "1E", "1e", "1Ei", "1ei", "1e3", "1E3", "1e-3", "1e3k", "1.5e2Mi", "1e+2", "1e", "1e+", "1kb",
	"1KB", "1kib", "1KiB", "10MB", "10MiB", "0.1kb", "0.1k", "1.0005kb", "2.55gb", "9007199254740993", "1.1tb", "3pib", "4eib",
	"", "k", "Mi", "1 k", " 1k", "1x", "1kk", "1.2.3k", "..1", ".5k", "5.k", "1e1234567", "\"100TB\"", "1/3", "0x10", "1_000",
	"123456789123456789123456789", "0.30000000000000004", "1e-20",
]

bytes[text] := sprintf("%d", [units.parse_bytes(text)]) if some text in amounts

plain[text] := sprintf("%v", [units.parse(text)]) if some text in amounts
