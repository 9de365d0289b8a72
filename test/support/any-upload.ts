import fc from "fast-check";

const scalar = fc.oneof(
  fc.double(),
  fc.integer(),
  fc.string({ unit: "binary" }),
  fc.constantFrom("12", " 5.5 ", "TELEM", null, true),
);

/** Anything that a client may upload: often a good message, or nearly one. */
export const anyUpload = fc.record(
  {
    callsign: fc.oneof(
      { weight: 9, arbitrary: fc.stringMatching(/^[A-Za-z0-9/_-]{1,20}$/) },
      { weight: 1, arbitrary: scalar },
    ),
    type: fc.constantFrom("RECEIVED_TELEM", "LISTENER_INFO", "LISTENER_TELEM", "TELEM", 5),
    time_created: fc.oneof(fc.integer(), scalar),
    time_uploaded: fc.oneof(fc.integer(), scalar),
    data: fc.oneof(
      fc.record({ string: fc.base64String(), frequency: scalar }, { requiredKeys: ["string"] }),
      fc.record({ name: scalar, radio: fc.string({ unit: "binary" }) }, { requiredKeys: [] }),
      fc.record({
        latitude: fc.integer({ min: -95, max: 95 }),
        longitude: scalar,
        altitude: fc.double({ noNaN: true }),
        time: fc.record({ hour: fc.integer({ min: 0, max: 25 }), minute: fc.nat(60), second: fc.nat(62) }),
      }),
      fc.anything(),
    ),
  },
  { requiredKeys: ["callsign", "type", "time_created", "time_uploaded"] },
);
