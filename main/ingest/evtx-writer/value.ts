import type { ByteCursor } from './byte-cursor.ts';
import type { WriterType, WriterValue } from './writer-event.ts';

/** BinXML value types ([MS-EVEN6] 2.2.12, BinXml ValueType). */
export const VALUE_TYPE = {
  null: 0x00,
  string: 0x01,
  int8: 0x03,
  uint8: 0x04,
  int16: 0x05,
  uint16: 0x06,
  int32: 0x07,
  uint32: 0x08,
  int64: 0x09,
  uint64: 0x0a,
  float: 0x0b,
  double: 0x0c,
  bool: 0x0d,
  binary: 0x0e,
  guid: 0x0f,
  filetime: 0x11,
  sid: 0x13,
  hex32: 0x14,
  hex64: 0x15,
  binXml: 0x21,
  strings: 0x81,
} as const satisfies Record<WriterType | 'binXml', number>;

/** Writes a value's bytes; its length is what the cursor moved by. Throws RangeError for text that is no GUID or SID. */
export function writeValue(cursor: ByteCursor, field: WriterValue): void {
  switch (field.type) {
    case 'null':
      return;
    case 'string':
      return cursor.utf16(field.value);
    case 'strings':
      for (const text of field.value) {
        cursor.utf16(text);
        cursor.u16(0);
      }
      return;
    case 'int8':
    case 'uint8':
      return cursor.u8(field.value);
    case 'int16':
    case 'uint16':
      return cursor.u16(field.value);
    case 'int32':
    case 'uint32':
    case 'hex32':
      return cursor.u32(field.value);
    case 'int64':
    case 'uint64':
    case 'hex64':
      return cursor.u64(field.value);
    case 'float':
      return cursor.f32(field.value);
    case 'double':
      return cursor.f64(field.value);
    case 'bool':
      return cursor.u32(field.value ? 1 : 0);
    case 'binary':
      return cursor.raw(field.value);
    case 'guid':
      return cursor.guid(field.value);
    case 'sid':
      return cursor.sid(field.value);
    case 'filetime':
      return cursor.filetime(field.value);
    default:
      return field satisfies never;
  }
}
