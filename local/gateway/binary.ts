/** Whether a media type is one of the API's binary ones, by which a body is passed on as Base64. */
export function isBinary(binaryMediaTypes: readonly string[], contentType: string | undefined): boolean {
  const type = (contentType ?? 'application/json').split(';')[0]?.trim().toLowerCase() ?? '';
  const [family] = type.split('/');
  return binaryMediaTypes.some((pattern) => {
    const wanted = pattern.toLowerCase();
    return wanted === '*/*' || wanted === type || wanted === `${family}/*`;
  });
}
