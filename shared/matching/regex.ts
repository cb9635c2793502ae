import type { Span } from '../model/span.ts';

/** A compiled expression; a match may lie anywhere in the text. */
export interface CompiledRegex {
  test(text: string): boolean;
  /** The leftmost match, UTF-16 offsets. */
  find(text: string): Span | undefined;
}

/**
 * Port to a regex engine with RE2's syntax and semantics (github.com/google/re2/wiki/Syntax): linear time, no
 * lookaround, no backreferences. It lives here so that predicate semantics can speak of it; engines are in main/match.
 */
export interface RegexEngine {
  readonly name: string;
  /** @param flags subset of `ims`. A refusal comes back with the engine's reason; nothing is thrown. */
  compile(
    pattern: string,
    flags: string,
  ): { readonly ok: true; readonly regex: CompiledRegex } | { readonly ok: false; readonly reason: string };
}
