/** Countries a Page and an ad account may be in. */
export const BUSINESS_COUNTRIES: ReadonlySet<string> = new Set([
  ...['AU', 'BR', 'CL', 'CO', 'MY', 'HK', 'IN', 'ID', 'IL', 'SA'],
  ...['MX', 'NZ', 'PE', 'PH', 'US', 'SG', 'TW', 'TH', 'AE', 'VN'],
]);

/** Regions whose people get no paid message: the European Union, Japan, South Korea, Australia, the United Kingdom. */
export const EXCLUDED_REGIONS: ReadonlySet<string> = new Set([
  ...['AT', 'BE', 'BG', 'CY', 'CZ', 'DE', 'DK', 'EE', 'ES', 'FI', 'FR', 'GR', 'HR', 'HU'],
  ...['IE', 'IT', 'LT', 'LU', 'LV', 'MT', 'NL', 'PL', 'PT', 'RO', 'SE', 'SI', 'SK'],
  ...['JP', 'KR', 'AU', 'GB'],
]);
