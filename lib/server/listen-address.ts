export interface SocketGroup {
  readonly id: number;
  /** As the operator calls it. */
  readonly name: string;
}

/** Where a door listens. */
export type ListenAddress =
  | {
      readonly kind: "unix";
      readonly path: string;
      /** Mode of the socket file. Default 0660: the owner and its group may connect. */
      readonly mode?: number;
      /** The group that the socket file is given. Default: the one that the directory or process gives. */
      readonly group?: SocketGroup;
    }
  /** Port 0 lets the system pick one. */
  | { readonly kind: "tcp"; readonly host: string; readonly port: number }
  /** A listening socket that is open already, for example from systemd (`LISTEN_FDS`, sd_listen_fds(3)). */
  | { readonly kind: "fd"; readonly fd: number };
