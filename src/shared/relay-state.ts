/** Where the relay listens, or why it does not. */
export type RelayState =
  | { readonly state: 'listening'; readonly host: string; readonly port: number }
  /** It tries again by itself. `reason` and `remedy` are whole sentences for people. */
  | { readonly state: 'waiting'; readonly reason: string; readonly remedy: string }
  | { readonly state: 'off' };
