const space = 0x20;

/** Whether a byte is neither white space nor part of a byte order mark. */
export function isText(byte: number): boolean {
  return byte > space && byte !== 0xef && byte !== 0xbb && byte !== 0xbf;
}
