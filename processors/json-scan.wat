;; Checks that a text is a JSON map from beginning to end, and notes where its fields are. The module that the programs
;; load is compiled from this text and kept in json-scan-module.ts; a test compares the two and writes it anew.
;;
;; The memory, which json-scan.ts knows too:
;;   0x000000  bytes, up to 1 MiB, among them the text with a zero behind it: no token has one in it, so none runs
;;             beyond the end
;;   0x100400  for each container that is open, the field that is read in the one around it
;;   0x10fffc  1 when some number may be one that a double cannot carry
;;   0x110000  the tape: 20 bytes for each field. A field takes five bytes of text, so 4 MiB are enough.
;;
;; Places are counted from the beginning of memory: those in the text in bytes, those on the tape in numbers of four.
;; Functions that look for the end of a token give the place behind it, and 0 where there is no such token.
(module
  (memory (export "memory") 84)

  ;; The first byte from here on that is no white space.
  (func $skip_space (param $at i32) (result i32)
    (local $byte i32)
    (loop $next
      (local.set $byte (i32.load8_u (local.get $at)))
      (if (i32.gt_u (local.get $byte) (i32.const 0x20)) (then (return (local.get $at))))
      ;; A bit for each of tab, line feed, carriage return and space.
      (if (i64.eqz (i64.and (i64.const 0x100002600) (i64.shl (i64.const 1) (i64.extend_i32_u (local.get $byte)))))
        (then (return (local.get $at))))
      (local.set $at (i32.add (local.get $at) (i32.const 1)))
      (br $next))
    (unreachable))

  (func $is_hex (param $byte i32) (result i32)
    (i32.or
      (i32.lt_u (i32.sub (local.get $byte) (i32.const 0x30)) (i32.const 10))
      ;; 0x20 makes a small letter of a capital one.
      (i32.lt_u (i32.sub (i32.or (local.get $byte) (i32.const 0x20)) (i32.const 0x61)) (i32.const 6))))

  ;; Behind the escape whose backslash stands here.
  (func $end_of_escape (param $at i32) (result i32)
    (local $byte i32)
    (local.set $byte (i32.load8_u offset=1 (local.get $at)))
    (if (i32.eq (local.get $byte) (i32.const 0x75))
      (then
        (return
          (select
            (i32.add (local.get $at) (i32.const 6))
            (i32.const 0)
            (i32.and
              (i32.and
                (call $is_hex (i32.load8_u offset=2 (local.get $at)))
                (call $is_hex (i32.load8_u offset=3 (local.get $at))))
              (i32.and
                (call $is_hex (i32.load8_u offset=4 (local.get $at)))
                (call $is_hex (i32.load8_u offset=5 (local.get $at)))))))))
    (select
      (i32.add (local.get $at) (i32.const 2))
      (i32.const 0)
      (i32.or
        (i32.or (i32.eq (local.get $byte) (i32.const 0x22)) (i32.eq (local.get $byte) (i32.const 0x2f)))
        (i32.or
          (i32.eq (local.get $byte) (i32.const 0x5c))
          ;; A bit for each of b, f, n, r and t, counted from b.
          (i32.and
            (i32.lt_u (i32.sub (local.get $byte) (i32.const 0x62)) (i32.const 19))
            (i32.and (i32.shr_u (i32.const 0x51011) (i32.sub (local.get $byte) (i32.const 0x62))) (i32.const 1)))))))

  ;; Behind the string whose quote stands here; the negative of that when an escape is in it.
  (func $end_of_string (param $at i32) (result i32)
    (local $bytes v128)
    (local $special i32)
    (local $byte i32)
    (local $sign i32)
    (local.set $sign (i32.const 1))
    (local.set $at (i32.add (local.get $at) (i32.const 1)))
    (loop $next
      ;; Of sixteen bytes, a bit for each that does not stand for itself: the quote, the backslash, and what is below a
      ;; space.
      (local.set $bytes (v128.load (local.get $at)))
      (local.set $special
        (i8x16.bitmask
          (v128.or
            (i8x16.eq (local.get $bytes) (v128.const i32x4 0x22222222 0x22222222 0x22222222 0x22222222))
            (v128.or
              (i8x16.eq (local.get $bytes) (v128.const i32x4 0x5c5c5c5c 0x5c5c5c5c 0x5c5c5c5c 0x5c5c5c5c))
              (i8x16.eq
                (local.get $bytes)
                (i8x16.min_u (local.get $bytes) (v128.const i32x4 0x1f1f1f1f 0x1f1f1f1f 0x1f1f1f1f 0x1f1f1f1f)))))))
      (if (i32.eqz (local.get $special))
        (then
          (local.set $at (i32.add (local.get $at) (i32.const 16)))
          (br $next)))
      (local.set $at (i32.add (local.get $at) (i32.ctz (local.get $special))))
      (local.set $byte (i32.load8_u (local.get $at)))
      (if (i32.eq (local.get $byte) (i32.const 0x22))
        (then (return (i32.mul (local.get $sign) (i32.add (local.get $at) (i32.const 1))))))
      (if (i32.ne (local.get $byte) (i32.const 0x5c)) (then (return (i32.const 0))))
      (local.set $sign (i32.const -1))
      (local.set $at (call $end_of_escape (local.get $at)))
      (br_if $next (local.get $at)))
    (i32.const 0))

  ;; The first byte from here on that is no digit.
  (func $end_of_digits (param $at i32) (result i32)
    (loop $next
      (if (i32.lt_u (i32.sub (i32.load8_u (local.get $at)) (i32.const 0x30)) (i32.const 10))
        (then
          (local.set $at (i32.add (local.get $at) (i32.const 1)))
          (br $next))))
    (local.get $at))

  (func $end_of_number (param $at i32) (result i32)
    (local $start i32)
    (local $digits i32)
    (if (i32.eq (i32.load8_u (local.get $at)) (i32.const 0x2d))
      (then (local.set $at (i32.add (local.get $at) (i32.const 1)))))
    (local.set $start (local.get $at))
    (local.set $at (call $end_of_digits (local.get $at)))
    (if (i32.eq (local.get $at) (local.get $start)) (then (return (i32.const 0))))
    ;; Behind a zero at the beginning, no digit follows.
    (if (i32.eq (i32.load8_u (local.get $start)) (i32.const 0x30))
      (then
        (if (i32.ne (local.get $at) (i32.add (local.get $start) (i32.const 1))) (then (return (i32.const 0))))))
    (if (i32.eq (i32.load8_u (local.get $at)) (i32.const 0x2e))
      (then
        (local.set $digits (i32.add (local.get $at) (i32.const 1)))
        (local.set $at (call $end_of_digits (local.get $digits)))
        (if (i32.eq (local.get $at) (local.get $digits)) (then (return (i32.const 0))))))
    ;; A double carries all of up to 15 digits, unless an exponent of three digits or more leads out of its range.
    (if (i32.ge_u (i32.sub (local.get $at) (local.get $start)) (i32.const 16))
      (then (i32.store (i32.const 0x10fffc) (i32.const 1))))
    (if (i32.eq (i32.or (i32.load8_u (local.get $at)) (i32.const 0x20)) (i32.const 0x65))
      (then
        (local.set $start (local.get $at))
        (local.set $digits (i32.add (local.get $at) (i32.const 1)))
        (if
          (i32.or
            (i32.eq (i32.load8_u (local.get $digits)) (i32.const 0x2b))
            (i32.eq (i32.load8_u (local.get $digits)) (i32.const 0x2d)))
          (then (local.set $digits (i32.add (local.get $digits) (i32.const 1)))))
        (local.set $at (call $end_of_digits (local.get $digits)))
        (if (i32.eq (local.get $at) (local.get $digits)) (then (return (i32.const 0))))
        (if (i32.ge_u (i32.sub (local.get $at) (local.get $start)) (i32.const 4))
          (then (i32.store (i32.const 0x10fffc) (i32.const 1))))))
    (local.get $at))

  ;; Behind true, false or null: four bytes are compared as one number.
  (func $end_of_word (param $at i32) (result i32)
    (local $four i32)
    (local.set $four (i32.load (local.get $at)))
    (if
      (i32.or
        (i32.eq (local.get $four) (i32.const 0x65757274))
        (i32.eq (local.get $four) (i32.const 0x6c6c756e)))
      (then (return (i32.add (local.get $at) (i32.const 4)))))
    (select
      (i32.add (local.get $at) (i32.const 5))
      (i32.const 0)
      (i32.and
        (i32.eq (local.get $four) (i32.const 0x736c6166))
        (i32.eq (i32.load8_u offset=4 (local.get $at)) (i32.const 0x65)))))

  ;; Scans the text from $start to $end. Gives the place on the tape where its fields end; -1 when the text is no JSON
  ;; map, or has more containers in each other than a number has bits.
  ;;
  ;; A field on the tape: where its name begins and ends (negative for a name with an escape), where its value begins and
  ;; ends, and the place of the field that follows in the same map. Fields of a map in a map come right behind its own;
  ;; those of maps in lists are only checked.
  (func (export "scan") (param $start i32) (param $end i32) (result i32)
    (local $at i32)
    (local $byte i32)
    ;; A bit for each container that is open, the innermost lowest, set for a map.
    (local $maps i32)
    (local $depth i32)
    ;; Whether all of them are maps.
    (local $noted i32)
    ;; Where the tape ends, and the field on it that is read.
    (local $tape i32)
    (local $field i32)
    ;; Whether the name of a field comes next.
    (local $name i32)
    (local $bytes v128)
    (local $special i32)
    (local $quote i32)
    (i32.store8 (local.get $end) (i32.const 0))
    (i32.store (i32.const 0x10fffc) (i32.const 0))
    (local.set $tape (i32.const 0x110000))
    (local.set $at (call $skip_space (local.get $start)))
    (if (i32.ne (i32.load8_u (local.get $at)) (i32.const 0x7b)) (then (return (i32.const -1))))
    (loop $token
      (local.set $byte (i32.load8_u (local.get $at)))
      (block $element
        (block $ended
          (if (i32.eq (local.get $byte) (i32.const 0x22))
            (then
              (if (i32.and (local.get $name) (local.get $noted))
                (then
                  (local.set $field (local.get $tape))
                  (local.set $tape (i32.add (local.get $tape) (i32.const 20)))
                  (i32.store (local.get $field) (i32.add (local.get $at) (i32.const 1)))))
              ;; Most strings end within sixteen bytes; these do without the call.
              (local.set $bytes (v128.load offset=1 (local.get $at)))
              (local.set $special
                (i8x16.bitmask
                  (v128.or
                    (i8x16.eq (local.get $bytes) (v128.const i32x4 0x22222222 0x22222222 0x22222222 0x22222222))
                    (v128.or
                      (i8x16.eq (local.get $bytes) (v128.const i32x4 0x5c5c5c5c 0x5c5c5c5c 0x5c5c5c5c 0x5c5c5c5c))
                      (i8x16.eq
                        (local.get $bytes)
                        (i8x16.min_u (local.get $bytes) (v128.const i32x4 0x1f1f1f1f 0x1f1f1f1f 0x1f1f1f1f 0x1f1f1f1f)))))))
              (local.set $quote (i32.add (local.get $at) (i32.add (i32.ctz (local.get $special)) (i32.const 1))))
              (if
                (i32.and
                  (i32.ne (local.get $special) (i32.const 0))
                  (i32.eq (i32.load8_u (local.get $quote)) (i32.const 0x22)))
                (then (local.set $at (i32.add (local.get $quote) (i32.const 1))))
                (else
                  (local.set $at (call $end_of_string (local.get $at)))
                  (if (i32.eqz (local.get $at)) (then (return (i32.const -1))))))
              (if (i32.and (local.get $name) (local.get $noted))
                (then (i32.store offset=4 (local.get $field) (i32.sub (local.get $at) (i32.const 1)))))
              (if (i32.lt_s (local.get $at) (i32.const 0))
                (then (local.set $at (i32.sub (i32.const 0) (local.get $at)))))
              (br_if $ended (i32.eqz (local.get $name)))
              (local.set $name (i32.const 0))
              (if (i32.le_u (i32.load8_u (local.get $at)) (i32.const 0x20))
                (then (local.set $at (call $skip_space (local.get $at)))))
              (if (i32.ne (i32.load8_u (local.get $at)) (i32.const 0x3a)) (then (return (i32.const -1))))
              (local.set $at (i32.add (local.get $at) (i32.const 1)))
              (if (i32.le_u (i32.load8_u (local.get $at)) (i32.const 0x20))
                (then (local.set $at (call $skip_space (local.get $at)))))
              (if (local.get $noted) (then (i32.store offset=8 (local.get $field) (local.get $at))))
              (br $token)))
          (if (local.get $name) (then (return (i32.const -1))))
          ;; 0x20 is all that is between [ and {, and 2 between either and what ends it.
          (if (i32.eq (i32.and (local.get $byte) (i32.const 0xdf)) (i32.const 0x5b))
            (then
              (if (i32.eq (local.get $depth) (i32.const 31)) (then (return (i32.const -1))))
              (local.set $at (i32.add (local.get $at) (i32.const 1)))
              (if (i32.le_u (i32.load8_u (local.get $at)) (i32.const 0x20))
                (then (local.set $at (call $skip_space (local.get $at)))))
              (if (i32.eq (i32.load8_u (local.get $at)) (i32.add (local.get $byte) (i32.const 2)))
                (then
                  (local.set $at (i32.add (local.get $at) (i32.const 1)))
                  (br $ended)))
              (i32.store offset=0x100400 (i32.shl (local.get $depth) (i32.const 2)) (local.get $field))
              (local.set $depth (i32.add (local.get $depth) (i32.const 1)))
              (local.set $maps
                (i32.or
                  (i32.shl (local.get $maps) (i32.const 1))
                  (i32.and (i32.shr_u (local.get $byte) (i32.const 5)) (i32.const 1))))
              (br $element)))
          (if (i32.lt_u (local.get $byte) (i32.const 0x3a))
            (then (local.set $at (call $end_of_number (local.get $at))))
            (else (local.set $at (call $end_of_word (local.get $at)))))
          (if (i32.eqz (local.get $at)) (then (return (i32.const -1)))))
        ;; A value ends here, and so do the containers whose last one it is.
        (loop $behind
          (if (i32.eqz (local.get $depth))
            (then
              (return
                (select
                  (i32.shr_u (local.get $tape) (i32.const 2))
                  (i32.const -1)
                  (i32.eq (call $skip_space (local.get $at)) (local.get $end))))))
          (if (local.get $noted)
            (then
              (i32.store offset=12 (local.get $field) (local.get $at))
              (i32.store offset=16 (local.get $field) (i32.shr_u (local.get $tape) (i32.const 2)))))
          (if (i32.le_u (i32.load8_u (local.get $at)) (i32.const 0x20))
            (then (local.set $at (call $skip_space (local.get $at)))))
          (local.set $byte (i32.load8_u (local.get $at)))
          (local.set $at (i32.add (local.get $at) (i32.const 1)))
          (if (i32.ne (local.get $byte) (i32.const 0x2c))
            (then
              (if
                (i32.ne
                  (local.get $byte)
                  (i32.add (i32.const 0x5d) (i32.shl (i32.and (local.get $maps) (i32.const 1)) (i32.const 5))))
                (then (return (i32.const -1))))
              (local.set $depth (i32.sub (local.get $depth) (i32.const 1)))
              (local.set $maps (i32.shr_u (local.get $maps) (i32.const 1)))
              (local.set $noted
                (i32.eqz (i32.and (local.get $maps) (i32.add (local.get $maps) (i32.const 1)))))
              (local.set $field (i32.load offset=0x100400 (i32.shl (local.get $depth) (i32.const 2))))
              (br $behind))))
        (if (i32.le_u (i32.load8_u (local.get $at)) (i32.const 0x20))
          (then (local.set $at (call $skip_space (local.get $at))))))
      (local.set $name (i32.and (local.get $maps) (i32.const 1)))
      (local.set $noted (i32.eqz (i32.and (local.get $maps) (i32.add (local.get $maps) (i32.const 1)))))
      (br $token))
    (unreachable))
)
