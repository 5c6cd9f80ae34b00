# Rules that behave well and badly, for the tests of the engine.
package behaviour

echo := {"input": input, "type": type_name(input)}

never := "unreachable" if input.no_such_field

now := {"text": time.format(time.now_ns()), "ns": sprintf("%d", [time.now_ns()])}

big := 9007199254740993

exact := 1700000000000000000

set := {3, 1, 2, "b", "a"}

conflict := 1 if input.one

conflict := 2 if input.two

# Never ends on { "loop": true }, and asks for no memory meanwhile: with more, it would end by that where wasm is fast.
loop := false if not input.loop

loop := true if {
	input.loop
	many := numbers.range(1, 50000)
	some a in many
	some b in many
	some c in many
	a == b
	b == c
	c == 0
}

# Asks for memory without end on { "allocate": true }.
allocate := 0 if not input.allocate

allocate := count(pairs) if {
	input.allocate
	pairs := [[a, b] | some a in numbers.range(1, 100000); some b in numbers.range(1, 100000)]
}

# A result of two million characters on { "long": true }.
long := concat("", [sprintf("%02000d", [i]) | some i in numbers.range(1, 1000)]) if input.long

long := "short" if not input.long

# A sprintf that would be far too long: undefined, like every failed builtin.
wide := sprintf("%0*d%0*d%0*d%0*d%0*d%0*d%0*d%0*d%0*d%0*d%0*d%0*d%0*d%0*d%0*d%0*d%0*d%0*d", [w | some i in numbers.range(1, 36); w := 1000000])

failing_builtin := {"undefined": count([x | x := time.parse_rfc3339_ns(input.time)]) == 0}

objects := sprintf("%v %v", [{"b": 1, "a": {2, 1}}, input])

counts := count(input.list)

from_data := data.limits.most

allow := input.allow

verdict := {"allow": count(reasons) == 0, "reasons": reasons}

reasons contains reason if some reason in input.reasons
