/** The name by which a manifest's file and the MUI file of its texts are one: lower case, without `.mui` or `.mun`. */
export function messageFileName(name: string): string {
  return name.toLowerCase().replace(/\.mu[in]$/, '');
}
