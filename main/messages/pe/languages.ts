/**
 * Windows' language identifiers ([MS-LCID]): the tags of those that Windows itself comes in, and the code page of texts
 * that are not Unicode.
 */
const TAGS: Readonly<Record<number, string>> = {
  0x0401: 'ar-SA',
  0x0402: 'bg-BG',
  0x0404: 'zh-TW',
  0x0405: 'cs-CZ',
  0x0406: 'da-DK',
  0x0407: 'de-DE',
  0x0408: 'el-GR',
  0x0409: 'en-US',
  0x040a: 'es-ES',
  0x040b: 'fi-FI',
  0x040c: 'fr-FR',
  0x040d: 'he-IL',
  0x040e: 'hu-HU',
  0x0410: 'it-IT',
  0x0411: 'ja-JP',
  0x0412: 'ko-KR',
  0x0413: 'nl-NL',
  0x0414: 'nb-NO',
  0x0415: 'pl-PL',
  0x0416: 'pt-BR',
  0x0418: 'ro-RO',
  0x0419: 'ru-RU',
  0x041a: 'hr-HR',
  0x041b: 'sk-SK',
  0x041d: 'sv-SE',
  0x041e: 'th-TH',
  0x041f: 'tr-TR',
  0x0422: 'uk-UA',
  0x0424: 'sl-SI',
  0x0425: 'et-EE',
  0x0426: 'lv-LV',
  0x0427: 'lt-LT',
  0x042a: 'vi-VN',
  0x0804: 'zh-CN',
  0x0809: 'en-GB',
  0x080a: 'es-MX',
  0x0816: 'pt-PT',
  0x0c04: 'zh-HK',
  0x0c0a: 'es-ES',
  0x0c0c: 'fr-CA',
  0x241a: 'sr-Latn-RS',
};

/** The tag of a language, such as `en-US`; '' for none, `0x1234` for one that is not listed. */
export function languageTag(identifier: number): string {
  if (identifier === 0 || identifier === 0x0400) return '';
  return TAGS[identifier] ?? `0x${identifier.toString(16).padStart(4, '0')}`;
}

/** By primary language, the lower ten bits; others write windows-1252. */
const CODE_PAGES: Readonly<Record<number, string>> = {
  0x01: 'windows-1256',
  0x02: 'windows-1251',
  0x05: 'windows-1250',
  0x08: 'windows-1253',
  0x0d: 'windows-1255',
  0x0e: 'windows-1250',
  0x11: 'shift_jis',
  0x12: 'euc-kr',
  0x15: 'windows-1250',
  0x18: 'windows-1250',
  0x19: 'windows-1251',
  0x1a: 'windows-1250',
  0x1b: 'windows-1250',
  0x1e: 'windows-874',
  0x1f: 'windows-1254',
  0x22: 'windows-1251',
  0x24: 'windows-1250',
  0x25: 'windows-1257',
  0x26: 'windows-1257',
  0x27: 'windows-1257',
  0x2a: 'windows-1258',
};

/** The encoding, by its label in TextDecoder, of texts of a language that are not Unicode. */
export function ansiLabel(identifier: number): string {
  if ((identifier & 0x3ff) === 0x04) return identifier === 0x0404 || identifier === 0x0c04 ? 'big5' : 'gbk';
  return CODE_PAGES[identifier & 0x3ff] ?? 'windows-1252';
}
