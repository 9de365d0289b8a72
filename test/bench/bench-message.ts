/** An upload of the usual size, told from all others by its number. */
export function benchUpload(number: number): string {
  const sentence = `$$bench,${number},10:42:10,54.422829,-6.741293,27799*F7`;
  return JSON.stringify({
    callsign: `M${number % 50}ABC`,
    type: "RECEIVED_TELEM",
    time_created: 1_295_103_500 + number,
    time_uploaded: 1_295_103_600 + number,
    data: { string: Buffer.from(sentence).toString("base64"), frequency: 434_075_000 },
  });
}
