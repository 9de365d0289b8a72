/**
 * Whether an `Accept` header names a media type outright. Wildcards do not count: they say that anything will do,
 * and then tools get plain text.
 */
export function acceptNames(accept: string | undefined, mediaType: string): boolean {
  if (accept === undefined) return false;
  return accept.split(",").some((range) => {
    const [type = "", ...parameters] = range.split(";").map((part) => part.trim().toLowerCase());
    return type === mediaType && !parameters.some((parameter) => /^q=0(?:\.0*)?$/.test(parameter));
  });
}
