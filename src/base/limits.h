/* limits.h: every ceiling of the program, by name. Sizes are bytes, times milliseconds unless the
 * name says otherwise. docs/ARCHITECTURE.md has the table with what happens beyond each of them. */
#ifndef TEAHOUSE_BASE_LIMITS_H
#define TEAHOUSE_BASE_LIMITS_H

/* What people say */
#define MESSAGE_BYTES_MAX 4096
#define MESSAGE_LINES_MAX 24
#define NICK_BYTES_MAX 32   /* limits.nick_bytes */
#define ROOM_BYTES_MAX 64   /* limits.room_bytes */
#define TOPIC_BYTES_MAX 300 /* fits a line of IRC with all that is around it */
#define USER_BYTES_MAX 20   /* limits.user_bytes, at most */
#define REAL_BYTES_MAX 150
#define HOST_BYTES_MAX 63
#define AWAY_BYTES_MAX 300
#define REASON_BYTES_MAX 255 /* of leaving, or of a kick */
#define TAGS_BYTES_MAX 4094  /* client-only tags of a message: IRCv3 message-tags */
#define ROOMS_PER_USER_MAX 100
#define SESSIONS_PER_USER_MAX 32      /* of one account under one nick */
#define MARKS_MAX 1000                /* read markers of an account, or of a guest */
#define SILENCES_PER_USER_MAX 32      /* masks of SILENCE */
#define ACCEPTS_PER_USER_MAX 50       /* whom he lets talk to him though he is +g */
#define INVITES_PER_USER_MAX 100      /* the oldest goes */
#define ROOM_MASKS_MAX 100            /* bans, and exceptions, of a room */
#define ROOMS_MAX 100000              /* limits.rooms, at most */
#define REPLAY_MAX 200                /* history.replay, at most */
#define ANSWER_BYTES_MAX (128 * 1024) /* of one answer, and at most half of limits.output_bytes */
#define HISTORY_MAX 500               /* one /history, at most */
#define REDACTIONS_KEPT 256           /* of late; a read that is older than so many fails */
#define TARGETS_MAX 1000              /* places looked at for one CHATHISTORY TARGETS */
#define CROWD_SHOWN 10 /* entries, and exits, of a room shown one by one in a second */
#define CROWD_WINDOW_MS 1000
#define MONITOR_MAX 1000 /* limits.monitor, at most */
#define WHOWAS_MAX 10000 /* limits.whowas, at most */

/* What programs may say of a room or of somebody: IRCv3 metadata */
#define METADATA_KEYS_MAX 24 /* of one of them */
#define METADATA_KEY_BYTES_MAX 64
#define METADATA_VALUE_BYTES_MAX 256 /* fits a line of IRC with all that is around it */
#define METADATA_SUBS_MAX 64         /* keys that a session hears of */
#define METADATA_BURST 50            /* changes of a user at once; then one a second */

/* What operators of a room may set */
#define MASK_BYTES_MAX 192     /* nick!user@host of a ban, an exception or an invitation */
#define BAN_MINUTES_MAX 525600 /* of a ban that goes by itself: a year */
#define KEY_BYTES_MAX 23
#define MEMBER_LIMIT_MAX 1000000 /* the highest that a room can be limited to, in members */
#define KNOCK_MS 60000           /* one of a user in that time */
#define RENAMES_BURST 10         /* other names of a room at once; then one in RENAME_MS */
#define RENAME_MS 60000
#define SLOW_SECONDS_MAX 3600 /* between two messages of one member */
#define MODE_CHANGES_MAX 32   /* of one request */
#define MODE_ARGS_MAX 12      /* of these, with an argument: MODES of IRC's ISUPPORT */

#define BATCH_MS 60000 /* that a client may leave a batch open */

#define TURN_ANSWER_BYTES (256 * 1024) /* of answers made in one turn of the core, about */

/* A connection's input: requests sent to the core and not yet decided, bytes of one read. */
#define REQUEST_WINDOW 64
#define REQUEST_ARGS_MAX 15 /* RFC 2812, 2.3 */
#define READ_BYTES 16384

/* A connection's output. What the kernel may hold, then what we hold (limits.output_bytes), then in
 * how many pieces before they are copied together. */
#define KERNEL_OUTPUT_BYTES (256 * 1024)
#define OUTPUT_BYTES_MAX (1024 * 1024)
#define OUTPUT_RANGES_MAX 256
#define ARENA_BYTES 16384
#define WRITE_PIECES_MAX 64

/* TLS */
#define TLS_RECORD_BYTES 16384 /* of data in one record: RFC 8446, 5.1 */
#define TLS_HANDSHAKE_MS 10000
#define HANDSHAKES_PER_TURN 4                   /* steps of one I/O thread */
#define TLS_CERTIFICATES_MAX 16                 /* of a server */
#define TLS_FILE_BYTES_MAX (64 * 1024)          /* of a file with certificates, or a key */
#define TLS_PEER_CERTIFICATES_BYTES (16 * 1024) /* that a peer may show */
#define TLS_PEER_KEY_BITS 4096                  /* of its certificate's key */

/* Closing: how long a goodbye may take to be read, and how long we listen for the peer's. */
#define GOODBYE_MS 2000
#define STOP_MS 2000       /* SIGTERM to exit, at most */
#define STOP_LINGER_MS 100 /* of which waiting for peers that do not close */

/* Listening */
#define LISTENERS_MAX 32
#define ACCEPT_PER_TURN 64
#define ACCEPT_BACKLOG 4096
#define ACCEPT_RETRY_MS 1000 /* out of descriptors */

/* Threads and the queues between them */
#define IO_THREADS_MAX 64
#define QUEUE_SLOTS 4096
#define OVERFLOW_MAX 65536 /* for one I/O thread; past it even closings wait */

/* The log */
#define COMMIT_ROWS_MAX 2000
#define LOG_WAITING_MAX 8192                /* events proposed and not yet handed to the writer */
#define READS_MAX 4096                      /* reads of history under way */
#define STALL_MS 2000                       /* no answer from the disk for so long: stalled */
#define PROBE_MS 1000                       /* between two probes while degraded */
#define CHECKPOINT_BYTES (16 * 1024 * 1024) /* then the log begins anew, in the same file */
#define WAL_BYTES_MAX (256 * 1024 * 1024)

/* Accounts */
#define ACCOUNTS_MAX 100000
#define ACCOUNT_CERTS_MAX 10
#define ACCOUNT_SEEN_MS (24 * 3600 * 1000) /* how exactly it is kept when one logged in */
#define ACCOUNT_SETTINGS_BYTES_MAX 500
#define EMAIL_BYTES_MAX 254 /* RFC 5321, 4.5.3.1.3 */
#define VOUCHERS_MAX 1000   /* invitations to register that were not used yet */
#define VOUCHER_HOURS_MAX 8760

/* Passwords and operators */
#define PASSWORD_BYTES_MAX 1000
#define SASL_BYTES_MAX 4096 /* of a message of SASL, in base64 */
#define OPERS_MAX 32
#define SECTION_NAME_BYTES_MAX 32 /* of a section of the configuration: [oper NAME] */
#define GATEWAYS_MAX 8            /* that bring others: [webirc NAME] */
#define GATEWAY_HOSTS_MAX 8       /* networks of one of them */
#define CHECKS_MAX 4096     /* passwords being checked, or waiting to be: one of a connection */
#define THROTTLES_KEPT 4096 /* accounts, and addresses, whose failures are counted */
#define LOGIN_DELAY_MAX_MS 30000

/* data/control.sock */
#define CONTROL_CONNS_MAX 8
#define CONTROL_LINE_BYTES_MAX 1200 /* of a request, and of its answer */
#define CONTROL_LINE_MS 5000        /* for a request to come */

/* What the server says of itself */
#define SERVER_NAME_BYTES_MAX 63
#define NETWORK_BYTES_MAX 32
#define DESCRIPTION_BYTES_MAX 100
#define ICON_BYTES_MAX 150        /* of its address */
#define STS_SECONDS_MAX 315360000 /* tls.sts_duration, at most: ten years */
#define MOTD_BYTES_MAX (64 * 1024)

/* The plain protocol's pauses: docs/plain.md says why. */
#define CHUNK_QUIET_MS 40
#define CHUNK_HOLD_MS 150
#define CHUNK_GAP_MS 50
#define CHUNK_WRITE_BYTES 1024

/* The terminal client */
#define EDITOR_HISTORY_MAX 500 /* lines sent before; the oldest goes */
#define EDITOR_KILLS_MAX 16    /* texts taken out, to put back; the oldest goes */
#define KEYS_WAIT_MS 100       /* for the rest of what began with ESC */
#define KEYS_PASTE_WAIT_MS 1000
#define SCREEN_OUTPUT_BYTES (64 * 1024) /* then it is written, and waited for */

#endif
