/**
 * Every limit of the system: its value, its unit (in the name), its reason and where it comes from.
 * "Temporal" as a source means a hard limit of the server, "measured" a figure of docs/decisions or the design.
 */

/** A batch of events (memo or signal). A memo above 2 MB wedges the workflow task in a hot loop (measured). */
export const batchBytes = 64 * 1024;

/** `data` of one event; larger data is stored and arrives as `{preview, blob}`. Half a batch, so that one always fits. */
export const eventDataBytes = 32 * 1024;

/** An agent's `update`: it lives in the state, and the state travels with each continue-as-new. */
export const updateBytes = 32 * 1024;

/** A decision's event, with its update and its plan: with the run's face beside it, it fits a batch. */
export const decisionBytes = batchBytes - 4 * 1024;

/** What an agent asks, as JSON: with what the record of a question adds, the event stays within its limit. */
export const questionBytes = eventDataBytes - 2 * 1024;

/** The preview that stands in the place of stored data. Enough for a line on a screen. */
export const previewCharacters = 1_000;

/** Payloads above this leave the history through the SDK's ExternalStorage. Keeps pages small. */
export const externalPayloadBytes = 64 * 1024;

/**
 * Longer summaries of activities are left out. Temporal's limit is 400 bytes (`limit.userMetadataSummarySize`; not enforced for
 * activities yet, 1.32.1), sealing adds some 115 to them, and names may have characters of several bytes.
 */
export const activitySummaryCharacters = 120;

/** What encryption adds to a payload at most: nonce, tag, key id and names. Kept free so that what is sealed stays inside. */
export const sealedOverheadBytes = 512;

/** An encrypted blob is sealed in chunks: a range is read without decrypting what lies before it. */
export const sealedChunkBytes = 64 * 1024;

/** A blob's media type: it stands in a header of fixed length before the bytes. */
export const blobTypeCharacters = 200;

/** Events in one emit batch. Bounds the work of one signal; 64 KiB of the smallest events. */
export const batchEvents = 500;

/** Events in one stored batch. 32 MiB of the smallest; bounds what a reader makes of one signal's word. */
export const storedBatchEvents = 500_000;

/** Signals an execution's agents may use. Temporal ends at 10,000; the rest is for people. */
export const emitSignalsPerExecution = 8_000;

/** Bytes an execution's agents may put into its history. Temporal ends at 50 MB. */
export const emitBytesPerExecution = 24 * 1024 * 1024;

/** Once an execution's share is used up, events leave as one stored batch at this interval. */
export const storedBatchIntervalMs = 5_000;

/** Events that wait to be stored. Above it `emit` waits: memory of a worker is shared by many agents. */
export const emitBacklogBytes = 32 * 1024 * 1024;

/** `progress: 'durable'`: notifications that become events, newest wins. */
export const durableProgressPerSecond = 20;

/** So many of them at once: the steps of an agent that is quick are all told. The rest of the second has the rest. */
export const durableProgressBurst = 10;

/** The activity wrapper heartbeats at this interval whatever the agent does; cancel travels back with it. */
export const heartbeatIntervalMs = 250;

/** Heartbeat throttle of the worker. The SDK's defaults delay a cancel by 12 s and more (measured). */
export const heartbeatThrottleMs = 250;

/** An attempt whose worker has been silent for this long is given up. A killed worker's agents restart after it. */
export const heartbeatTimeoutMs = 3_000;

/** After a worker's death its runs wait for this: 10.2 s by default, 1.1 s so (measured). */
export const stickyScheduleToStartTimeoutMs = 1_000;

/** A workflow task that was in the hands of a dead worker: 10.3 s by default, 2.4 s so (measured). */
export const workflowTaskTimeoutMs = 2_000;

/** Between the cancel and the end, for an agent's cleanup. A blueprint may raise it. */
export const graceMs = 800;

/** A blueprint that names no limit of its own. */
export const iterations = 20;

/** How long a gateway waits for an answer's outcome in the log before it says 202. */
export const answerOutcomeMs = 1_500;

/** How long a gateway waits for a worker to answer a state query before it shows its own fold. */
export const stateQueryMs = 1_000;

/** `GET …/events?limit=`: events in a page. */
export const eventsPageDefault = 500;
export const eventsPageMax = 5_000;

/** `GET …/events?waitMs=`. Below what proxies allow an idle request. */
export const eventsWaitMaxMs = 30_000;

/** Lists: items of a page. */
export const listPageDefault = 50;
export const listPageMax = 500;

/** A run's id: fits a workflow id (1,000 bytes), a URL segment and a log line. */
export const runIdPattern = /^[A-Za-z0-9][A-Za-z0-9._:-]{0,199}$/;

/** Prefixes of run ids that belong to dialects, and to Baton's own workflows; choosing one natively is `reserved_id`. */
export const reservedIdPattern = /^(ki|scam|mgx|archon|rooms|baton):/;

/** A frame that a client sends on /v1/ws. */
export const nativeFrameBytes = 1024 * 1024;

/** An HTTP body, by default. */
export const bodyBytes = 8 * 1024 * 1024;

/** The largest payload the whole way through (input, answer, result, event data), with `BATON_MAX_BODY_BYTES` raised. */
export const payloadBytesMax = 50 * 1024 * 1024;

/** Open sockets of a gateway, by default. */
export const connections = 20_000;

/** Bytes queued on one socket before the gateway stops writing and lets it read the log at its own pace. */
export const socketBacklogBytes = 64 * 1024;

/** Log bytes that a gateway keeps in memory over all feeds; the rest is read again from the history. */
export const feedCacheBytes = 256 * 1024 * 1024;

/** Requests per second and principal, with authentication. */
export const requestsPerSecond = 200;

/** Reason of a cancel and other free text of people. */
export const reasonCharacters = 2_000;

/** Questions that the state still shows after they were closed. */
export const closedQuestionsShown = 20;

/** Retention of ended runs in an embedded server's namespace. */
export const retentionDays = 30;

/** Client: a reconnect waits a random part of this, doubled with each failure in a row (full jitter). */
export const clientReconnectBaseMs = 200;

/** Client: the longest wait between two attempts: nobody waits over 5 s for an event once the gateway is back. */
export const clientReconnectMaxMs = 2_000;

/** Client: a transport that has not opened after this is treated as blocked. Slow mobile links need 2–3 s. */
export const openTimeoutMs = 8_000;

/** Client: failures to open in a row, while plain requests get through, before a lower transport is taken. */
export const openStrikes = 2;

/** Client: from a lower transport the higher one is tried again after this; doubled up to ten times it. */
export const climbIntervalMs = 30_000;

/** Client: a WebSocket without a frame for this long is pinged. Below the 30–60 s after which proxies cut idle ones. */
export const clientPingIdleMs = 15_000;

/** Client: a ping without any frame in return for this long: the connection is dead. */
export const clientPongTimeoutMs = 5_000;

/** Client: an event stream over HTTP without a byte for this long is dead: three of the gateway's comments missed. */
export const streamSilenceMs = 20_000;

/** Client: one long poll. Below `eventsWaitMaxMs`, and below what proxies allow an idle request. */
export const clientPollWaitMs = 25_000;

/** Client: one request, without the time that it asks the gateway to wait. */
export const requestTimeoutMs = 30_000;

/** Client: attempts of a request that may be repeated. With the waits between them about 10 s. */
export const requestAttempts = 5;

/** Client: frames that wait for a slow consumer before the subscription is given back and later resumed. */
export const watchBacklogFrames = 10_000;

/** Client: without a WebSocket, lists are watched by asking again at this interval. */
export const listPollMs = 2_000;

/** Crawls: the most pages of one crawl, whatever is asked or answered. Bounds the frontier and the knowledge store. */
export const crawlPagesMax = 5_000;
export const crawlPagesDefault = 200;

/** Crawls: links away from the first page (contract archon-crawl). */
export const crawlDepthMax = 10;
export const crawlDepthDefault = 3;

/** Crawls: fetches under way at once. The highest is what one site may be asked to bear. */
export const crawlConcurrentMax = 50;
export const crawlConcurrentDefault = 10;

/** Crawls: an address; longer links are not followed (contract archon-crawl). */
export const crawlUrlCharacters = 2_000;

/** Crawls: one page with all its redirects, from the first connection to the last byte (contract archon-crawl). */
export const crawlPageTimeoutMs = 10_000;

/** Crawls: bytes of a body, as sent and as unpacked (contract archon-crawl). */
export const crawlBodyBytes = 5 * 1024 * 1024;

/** Crawls: redirects followed for one page (contract archon-crawl). */
export const crawlRedirectsMax = 5;

/** Crawls: a robots.txt; what lies behind is not read (RFC 9309 asks for at least 500 KiB). */
export const crawlRobotsBytes = 512 * 1024;

/** Crawls: a site's Crawl-delay is honoured up to this, so that 5,000 pages end within a working day. */
export const crawlDelayMaxMs = 2_000;

/** Crawls: levels of sitemap indexes below the first, and sitemap files read at all. */
export const crawlSitemapLevels = 2;
export const crawlSitemapFilesMax = 500;

/** Crawls: reading one document (parsing, text). A page that takes longer is one that was made to. */
export const crawlReadTimeoutMs = 10_000;

/** Crawls: how long a person may think about a site that is larger than the limit (contract of the blueprint). */
export const crawlQuestionTimeoutMs = 10 * 60_000;

/** Crawls: an abandoned crawl's frontier and page texts are kept as long as its run stays readable. */
export const crawlStateRetentionMs = retentionDays * 24 * 60 * 60_000;

/** A chunk of a page: what search finds and models are given (contract archon-crawl). */
export const chunkCharacters = 5_000;

/** Rows that one transaction of the knowledge store touches, so that it never holds up other writers or the event loop. */
export const knowledgeBatchRows = 50;

/** Crawls: links taken from one page. A page with more is generated. */
export const crawlLinksPerPage = 10_000;

/** Crawls: addresses that robots.txt forbids are told up to this many. */
export const crawlSkippedMax = 5_000;

/** Words of a search that count; the rest of a longer text is ignored. */
export const searchWordsMax = 32;

/** How long a process waits for another's write to one of the stores in SQLite. Writes take milliseconds. */
export const sqliteBusyMs = 5_000;

/** Knowledge: how long after the last deletion the full-text index is merged, and pages of it at a time, about 20 ms of work. */
export const knowledgeEraseMs = 5_000;
export const knowledgeMergePages = 64;

/** The ledger of run ids: how late an id may be written, so that starts wait for no disk; and how many may wait, each about 100 bytes. */
export const ledgerFlushMs = 1_000;
export const ledgerWaitingMax = 100_000;

/** Agents' logs: how late a line may be written, so that no attempt waits for a disk; how many may wait, at most 8 MiB; the pause after a fault. */
export const agentLogFlushMs = 250;
export const agentLogWaitingMax = 2_000;
export const agentLogRetryMs = 2_000;

/** Agents' logs: how long a flush waits for another process's write, which takes milliseconds. Agents wait with it, so it is short. */
export const agentLogBusyMs = 500;

/** Agents' logs: message and fields of a line. Larger things are events or blobs. */
export const agentLogLineBytes = 4 * 1024;

/** Agents' logs: lines of an attempt. The last of them are kept for warnings and errors: a talkative agent still says why it failed. */
export const agentLogAttemptLines = 1_000;
export const agentLogAttemptReserve = 100;

/** Agents' logs: the newest lines of all are kept, about 60 MB of usual ones, 0.9 GB at the very most. */
export const agentLogKeptLines = 200_000;

/** Agents' logs: lines of a page, by default and at most (4 MiB), and rows that one transaction deletes. */
export const agentLogPageDefault = 200;
export const agentLogPageMax = 1_000;
export const agentLogDeleteRows = 1_000;

/** Agents' logs: how long after a run was deleted its lines are deleted again. Some may have waited to be written. */
export const agentLogSweepMs = 2_000;

/** Line and headers of an HTTP request: Node's own limit; room for a JWT. uWebSockets.js defaults to 4 KiB. */
export const requestHeadBytes = 16 * 1024;

/** How long a refused body is still read and thrown away, so that the answer reaches a client that is still sending. */
export const refusedBodyLingerMs = 500;

/** Levels of arrays and objects in a JSON body or frame: deeper ones cannot be written again without exhausting the stack. */
export const jsonDepth = 200;

/** `Idempotency-Key`: one fits a UUID many times over. */
export const idempotencyKeyCharacters = 200;

/** Bytes of events in a page of `GET …/events`; the next page goes on. One response's memory. */
export const eventsPageBytes = 8 * 1024 * 1024;

/** Entries that a cursor takes from a feed at a time: what a slow consumer may hold in memory beside the feed. */
export const cursorPageEntries = 256;

/** A cursor whose log could not be read asks again after this. */
export const cursorRetryMs = 1_000;

/** How long a cursor beyond the log is given: another gateway's tail may be this much ahead. */
export const cursorSettleMs = 1_000;

/** Retry-After of a 503, seconds: about what Temporal or this process needs to come back. */
export const retryAfterSeconds = 2;

/** Bytes that a bytes response reads from its store at a time. */
export const blobChunkBytes = 256 * 1024;

/** Event streams: a comment at this interval. uWebSockets.js drops a response that writes nothing for 10 s. */
export const streamKeepAliveMs = 5_000;

/** Event streams: a client that takes nothing for this long is dropped; it resumes with Last-Event-ID. */
export const streamStalledMs = 120_000;

/** Seconds without a byte from a WebSocket before it is dropped; pings are sent within. Proxies close at 60. */
export const socketIdleSeconds = 56;

/** What uWebSockets.js takes in before Baton can close with 1009; beyond it the connection breaks without a code. */
export const socketFrameHardBytes = 16 * 1024 * 1024;

/** A frame smaller than this is not compressed: the gain is less than the work for each of many sockets. */
export const compressFromBytes = 1024;

/** Replies queued on a socket that does not read them before it is closed with 1013. */
export const socketReplyBacklogBytes = 32 * 1024 * 1024;

/** Requests of one socket that are being worked on; beyond it `rate_limited`. */
export const socketRequestsInFlight = 100;

/** Runs that one socket subscribes to. */
export const subscriptionsPerSocket = 5_000;

/** Open sockets and streams of one principal, with authentication: none can take all of a gateway's. */
export const connectionsPerPrincipal = 5_000;

/** Failed authentications of one address in a minute before it is told 429. */
export const authFailuresPerMinute = 60;

/** How often the sockets are looked over for tokens that have expired. */
export const tokenSweepMs = 1_000;

/** How long a stopping gateway waits for requests that are being worked on. */
export const gatewayDrainMs = 5_000;

/** Pages of open questions that one request looks through for those that concern a person. */
export const questionPagesScanned = 10;

/** What an emit signal costs its execution's history beside its events: the signal's own event and the task after it. */
export const emitOverheadBytes = 600;

/** Emit signals leave room for their envelope: above 64 KiB the payload would leave the history. */
export const emitBatchBytes = batchBytes - 2 * 1024;

/** One try of an emit signal, the SDK's own repetitions included. A commit takes milliseconds; a server that hangs is asked again. */
export const emitDeadlineMs = 3_000;

/** Between tries of an emit signal that did not get through: first and longest. */
export const emitRetryMs = 100;
export const emitRetryMaxMs = 1_000;

/** Live frames of one agent: newest wins within. Twenty a second look smooth. */
export const liveFrameIntervalMs = 50;

/** A checkpoint: it comes back through the workflow when the agent asks or delegates. */
export const checkpointBytes = 64 * 1024;

/** A checkpoint above this is stored, so that heartbeats stay small: they are written several times a second. */
export const checkpointInlineBytes = 4 * 1024;

/** A stored checkpoint that a newer one has replaced is deleted after this: the server may hold an older heartbeat. */
export const supersededCheckpointMs = 60_000;

/** How long an agent that was told to stop (timeout, worker going down) may take before its attempt ends without it. */
export const agentSettleMs = 1_500;

/** An attempt that a stopping worker gave back begins anew after this: time for the worker to stop taking tasks. */
export const stoppedRetryDelayMs = 100;

/** Share of an attempt's timeout, and at most this long, in which a timed-out agent settles and its events are sent. */
export const timeoutReserveMs = 2_000;

/** How long an agent's loop of emits may hold the event loop before others get their turn. */
export const emitYieldMs = 10;

/** A feed that nobody watches any more is kept this long: whoever drops and returns finds it in memory. */
export const feedLingerMs = 15_000;

/** A run whose workflow task has been tried this often without success is shown as stuck. One retry may be a restart. */
export const stuckWorkflowTaskAttempts = 3;

/** Without a bus, visibility and heartbeats are asked this often for what is watched or waited for. */
export const watchPollMs = 1_000;

/** Who wants to hear of every run that begins is told by visibility of those of this time: it is a moment behind. */
export const begunLookBackMs = 5_000;

/**
 * Runs that a gateway looks up at once for those who name them. Of 2,000 that are asked for together the last is answered as
 * soon as without a limit, but the first after 0.1 s instead of 3 to 8 s and half of them in half to two thirds of the time,
 * measured from 16 at once on; what is behind its deadline is not asked for at all. A Temporal that is 50 ms away answers 640 a
 * second.
 */
export const lookUpsAtOnce = 32;

/** Ids in one visibility query. */
export const idsPerQuery = 50;
/** Runs that a filter may name. */
export const idListMax = 500;
/** Names of what a blueprint declares searchable in its input. */
export const attributeNamePattern = /^[A-Za-z][A-Za-z0-9_-]{0,39}$/;
/** Searchable attributes of one run, and characters of a value; longer ones are cut. */
export const attributesMax = 20;
export const attributeCharacters = 200;
/** Kinds of failures that are told apart; each costs two counts. */
export const failureGroupsMax = 50;

/** Heartbeats read a second, over all watched runs, where no bus brings live frames. */
export const heartbeatReadsPerSecond = 50;

/** A run whose live frames came over the bus this recently needs no reading of heartbeats. */
export const liveFreshMs = 3_000;

/** Workflow tasks that a worker runs at once. They take a millisecond each: more only wait for the one thread. */
export const workflowTasksAtOnce = 100;
export const workflowTaskPolls = 20;

/** Agents that a worker runs at once; the rest wait on the server. Each takes memory and heartbeats four times a second. */
export const activitiesAtOnce = 200;
export const activityPolls = 20;

/** Activities that start with the workflow task that schedules them: branches that work at once. The default is 3. */
export const eagerActivitiesPerTask = 10;

/** How long a stopping worker waits for its agents before it is ended without them. */
export const workerStopMs = 10_000;

/** The longest drain: a day, above every agent's timeout that makes sense. */
export const drainSecondsMax = 86_400;

/** A request of a gateway to Temporal, with its repetitions: who asked hears of a Temporal that hangs, too. */
export const temporalCallMs = 10_000;

/** How often a gateway asks whether Temporal is there, and how late the answer may be before its sockets are told. */
export const connectionLookMs = 1_000;
export const connectionAnswerMs = 5_000;

/** Between tries to reach a Temporal that does not answer: first and longest. */
export const temporalReconnectMs = 250;
export const temporalReconnectMaxMs = 5_000;

/** Before a tail that failed is begun again. */
export const tailRestartMs = 500;

/** Starting an MCP server and shaking hands. `npx` and `uv` may have to fetch it first. */
export const mcpConnectMs = 60_000;

/** An MCP server that is called and sends no message at all for this long has fallen silent. */
export const mcpSilenceMs = 120_000;

/** Tries of one call to a model, the first included, where the provider is limiting, failing or out of reach. */
export const modelTries = 5;

/** Before the second try of a call to a model: doubles, and a random half of it is left out. 429 and 5xx pass in seconds. */
export const modelRetryMs = 500;
export const modelRetryMaxMs = 20_000;

/** The longest `Retry-After` that is waited for within a call; what asks for more fails, and the agent's own retry follows. */
export const modelRetryAfterMaxMs = 60_000;

/** One try of a call to a model, to the last token. Models that think answer after minutes; connections hang for ever. */
export const modelCallMs = 5 * 60_000;

/** What a failure says of a provider's own words, and what the model is shown of its malformed answer. */
export const modelFaultCharacters = 500;
export const modelRepairCharacters = 4_000;

/** One decision of a model, with its tries and its second chance. */
export const decisionTimeoutMs = 10 * 60_000;

/** What a deciding model is told of the state, in characters: the input, what a step came to, one value of the context. */
export const situationInputCharacters = 4_000;
export const situationOutcomeCharacters = 4_000;
export const situationValueCharacters = 500;

/** Values of the context, answers and earlier decisions that a deciding model is told of: the newest. */
export const situationEntries = 20;

/** Durable progress of an MCP server is told again after so long without news: the contract of ki-autoagent allows 10 s of silence. */
export const mcpRepeatMs = 8_000;

/** Steps of ending an MCP server: input closed, asked, killed. Both together stay within the grace of a cancel. */
export const mcpStopStepMs = 300;

/** What is still read from an MCP server that has exited, while something else holds its output open. */
export const mcpLastWordsMs = 250;

/** End of an MCP server's error output that a failure shows. */
export const mcpStderrCharacters = 2_000;

/** Lines of an MCP server's output that are no messages: beyond it, with no message in between, it is given up. */
export const mcpGarbageLines = 1_000;

/** Attempts of an agent that end with their worker, not with a fault of the agent: an agent that kills workers ends too. */
export const lostAttempts = 50;

/** Lists show a running step and its progress at most this much later: each showing is a visibility write (measured). */
export const faceIntervalMs = 1_000;

/** Levels of arrays and objects in anything that stands in the log: far below where writing JSON exhausts the stack. */
export const logDepth = 1_000;

/** How long a question may wait: ten years. Dates end, and with them the workflow's arithmetic. */
export const questionTimeoutMaxMs = 10 * 365 * 24 * 60 * 60_000;

/** People whose answers one question may need. */
export const answersNeededMax = 1_000;

/** What an agent says of its progress, its end or its failure, and a delegation's instructions: events repeat them. */
export const agentMessageCharacters = 4_000;
export const instructionsCharacters = 16_000;

/** An answer: half of an event's data, so that it fits into its event beside the rest. */
export const answerBytes = eventDataBytes / 2;

/**
 * Checking an answer against its schema holds the gateway's one thread. Ordinary schemas take under a millisecond, but the
 * clock also runs while a busy machine lets the process wait: what is right must not be refused for that.
 */
export const answerCheckMs = 500;

/** Faults of a request that are listed: the first ones help, millions of them would be a larger answer than the request. */
export const faultsShown = 20;

/** Name of a principal: it stands in logs, lists and search attributes (Temporal: 2,048 bytes). */
export const principalCharacters = 200;

/** A keyword attribute in Temporal's visibility: what PostgreSQL takes. */
export const keywordCharacters = 255;

/** A run's id on the way in, dialects' included. Temporal takes 1,000 bytes. */
export const runNameCharacters = 250;

/** A dialect's own ids, as the five contracts have them. */
export const dialectIdPattern = /^[A-Za-z0-9._:-]{1,128}$/;

/** A frame from a client of a dialect; the contracts' figure. */
export const dialectFrameBytes = 64 * 1024;

/** What may wait for a client of a dialect that does not read; then it is closed with 1013. The contracts' figure. */
export const dialectQueueBytes = 1024 * 1024;

/**
 * A dialect's frame smaller than this is not compressed. It is told to all who watch at once, and compressed for each of
 * them anew: for the record of a crawl, 3 to 10 KiB with every page, that was a third of the work for an event (measured).
 */
export const dialectCompressFromBytes = 16 * 1024;

/** Frames of a dialect whose text is kept for the next client that is told them; records may have 10 KiB each. */
export const encodedFramesKept = 1_000;

/** While such a client catches up: enough to keep its connection busy. */
export const dialectCatchUpBytes = 256 * 1024;

/** mgx: a wish and its title (contract mgx-tasks). */
export const mgxPromptCharacters = 20_000;
export const mgxTitleCharacters = 200;

/** mgx: what a role takes without a model, so that a person can follow it (contract mgx-tasks). */
export const mgxTestPaceMs = 600;
export const mgxTestPaceMaxMs = 60_000;

/** mgx: files of one delivery, and characters of one of them: what an event and a frame carry whole. */
export const mgxFilesMax = 24;
export const mgxFileCharacters = 128 * 1024;

/** mgx: a state goes out at least this often (contract mgx-tasks). */
export const mgxStateIntervalMs = 5_000;

/** mgx: protocol pings, and how long a peer may be silent (contract mgx-tasks). */
export const mgxPingMs = 20_000;
export const mgxIdleSeconds = 60;

/** mgx: tasks that a list looks through to count and order them; beyond it the total is what was seen. */
export const mgxListedMax = 10_000;

/** mgx: logs that a page of the list reads at once. */
export const mgxReadsAtOnce = 16;

/** ki-autoagent: a wish, as its contract has it. */
export const kiMessageCharacters = 20_000;

/** ki-autoagent: how long a person may take to approve a structure, as its contract has it. */
export const kiApprovalSecondsDefault = 300;
export const kiApprovalSecondsMax = 86_400;

/** ki-autoagent: feedback of a person, in characters: with three bytes each it is an answer still. */
export const kiFeedbackCharacters = 5_000;

/** ki-autoagent: a WebSocket is pinged at this interval, and closed when it has been silent for so long. Its contract's figures. */
export const kiPingMs = 30_000;
export const kiIdleSeconds = 60;

/**
 * ki-autoagent: the bar of an agent that waits for another one moves with that one's, at most so often. With `mcpRepeatMs`
 * it stays below the 10 s of silence that the contract allows.
 */
export const kiWaitingBarMs = 1_000;

/** ki-autoagent: events in one page of `GET /api/sessions/{id}/events`; it may go beyond by what one event of the log comes to. */
export const kiEventsPage = 5_000;

/** ki-autoagent: watchers that come within this share one list of what runs. Far below `begunLookBackMs`. */
export const kiRunningListMs = 500;

/** ki-autoagent: sessions whose place a watching socket keeps after they have ended. Beyond it one that goes on is told from its newest chat. */
export const kiWatchedPlaces = 1_000;

/** A path of a workspace; the longest that Linux takes. */
export const workspacePathCharacters = 4_096;

/** Reading a workspace: files and time, as the contract of ki-autoagent has them. */
export const workspaceFilesMax = 5_000;
export const workspaceWalkMs = 2_000;

/** A manifest (package.json and the like) that is larger is not read: it is none that a person wrote. */
export const manifestBytes = 1024 * 1024;

/** Technologies that other agents are told of: what they get lives in the state. */
export const technologiesTold = 200;
export const technologyCharacters = 100;

/** A proposed structure: folders, and files over all. It lives in the state, and in the question that asks for it. */
export const structureFolders = 50;
export const structureFiles = 200;
export const structurePathCharacters = 100;

/** Crawls: lines of a record's `logs` (contract archon-crawl). */
export const crawlLinesShown = 100;

/** Crawls: a ping on each socket that watches one, and on the stream of the knowledge list (contract archon-crawl). */
export const crawlPingMs = 15_000;

/** Crawls: between the last frame and the close, so that a client that starts it again can keep its socket (contract archon-crawl). */
export const crawlCloseMs = 2_000;

/** Crawls: how long a socket waits for a crawl of its id to begin (contract archon-crawl). */
export const crawlWaitMs = 60 * 60_000;

/** Crawls: how long a record is shown after the end (contract archon-crawl). The run's log stays for the retention. */
export const crawlRecordKeptMs = 60 * 60_000;

/** Log of the crawls: entries that are kept, and those that a new socket gets (contract archon-crawl). */
export const crawlLogEntries = 1_000;
export const crawlLogEntriesOnJoin = 50;

/** Log of the crawls: what a socket gets that came before the log was read. Of the longest, as many as may be queued for it. */
export const crawlLogEntriesWaitedFor = 400;

/** Log of the crawls: the default of a request (contract archon-crawl). */
export const crawlLogEntriesDefault = 100;

/** Log of the crawls: the newest runs that are read for it when somebody asks, and how many of them at once. */
export const crawlLogRuns = 100;
export const crawlLogRunsAtOnce = 8;

/** Log of the crawls: how long a request waits for what is durable already and not read yet. Reading takes milliseconds. */
export const crawlLogCatchUpMs = 3_000;

/** Log of the crawls: kept up this long after the last who followed it. */
export const crawlLogLingerMs = 30_000;

/** Tags of a crawl, and the characters of one. */
export const crawlTagsMax = 100;
export const crawlTagCharacters = 200;

/** How often the knowledge store is asked whether it has changed, while somebody watches: one row, microseconds. */
export const knowledgeLookMs = 250;

/** Sources that a frame of the knowledge list shows, newest first: it stays within what may wait for a slow client. */
export const knowledgeItemsShown = 1_000;

/** request-rooms: a question, in characters. The frame that it comes in may have `dialectFrameBytes`. */
export const roomsQueryCharacters = 20_000;

/** request-rooms: steps of one plan (contract request-rooms). */
export const roomsStepsMax = 50;

/** request-rooms: the longest wait of one step (contract request-rooms). */
export const roomsWaitMaxMs = 300_000;

/** request-rooms: how long a person may take to answer (contract request-rooms). */
export const roomsQuestionSecondsDefault = 300;
export const roomsQuestionSecondsMax = 86_400;

/** request-rooms: one plan's steps one after another; 50 waits of 5 minutes, and as much again for lost workers. */
export const roomsExecutorMs = 9 * 60 * 60_000;

/** request-rooms: tries of one fetch that meets a network's fault, and the wait before the second; it doubles. */
export const roomsFetchTries = 3;
export const roomsFetchRetryMs = 500;

/** request-rooms: what is read of a page for its title, and a title, and the line of a summary. */
export const roomsTitleBytes = 64 * 1024;
export const roomsTitleCharacters = 300;
export const roomsSummaryCharacters = 4_000;

/** request-rooms: results above this leave the checkpoint for a blob: it takes 64 KiB. */
export const roomsCheckpointBytes = 32 * 1024;

/** Socket.IO: pings, and how late a peer may answer (contract request-rooms). */
export const socketIoPingMs = 25_000;
export const socketIoPingTimeoutMs = 20_000;

/** Socket.IO: who has shown no valid token after this is gone. Slow mobile links need 2-3 s. */
export const socketIoConnectMs = 10_000;

/**
 * request-rooms: rooms of one client, those of requests that it waits for among them. One whose request has ended makes
 * place for another; beyond that `subscription_limit`.
 */
export const roomsPerClient = 1_000;

/** request-rooms, plain sockets: uWebSockets.js pings 16 s before, so within the contract's 30 s. */
export const roomsIdleSeconds = 44;

/** Scam checks: the message that is checked (contract scam-analysis). */
export const scamTextCharacters = 20_000;

/** Scam checks: entities of each kind that are checked (contract scam-analysis). */
export const scamEntitiesPerKind = 20;

/** Scam checks: one web search, and how many are under way at once. A search answers in one or two seconds. */
export const scamSearchTimeoutMs = 10_000;
export const scamSearchesAtOnce = 4;

/** Scam checks: what a web search may bring back, results and characters of each. Two hits are all that count. */
export const scamSearchResults = 10;
export const scamSearchCharacters = 1_000;

/** Scam checks: a publisher's message, and the note of a report (contract scam-analysis; a note is as long as a message). */
export const scamMessageCharacters = 2_000;

/** Scam checks: a frame without progress is sent this often, counted from the connect (contract scam-analysis). */
export const scamHeartbeatMs = 15_000;

/** Scam checks: a socket without a progress record for this long is closed (contract scam-analysis). */
export const scamIdleMs = 60_000;

/** Scam checks: how long a new socket waits for a Temporal that does not answer (contract scam-analysis). */
export const scamUnreachableMs = 10_000;

/** Scam checks: before Temporal is asked again for a new socket. */
export const scamRetryMs = 500;

/** Scam checks: how long after its end a task's records are told, and how many of the last ones (contract scam-analysis). */
export const scamHistoryMs = 60 * 60_000;
export const scamHistoryRecords = 200;

/** Scam checks: tasks on one socket (contract scam-analysis). */
export const scamTasksPerSocket = 50;

/** Relays: request ids that are remembered. A publisher repeats what was not acknowledged, within seconds. */
export const relayRequestsKept = 500;

/** Steps of one agent that a refusal names, the newest: an agent of a long run has thousands. */
export const stepsNamed = 50;

/** How long a command waits for the run to take it, before it answers that it is sure to. A healthy run takes 20 ms. */
export const steerOutcomeMs = 1_500;

/** The replay of one stored history: 63,000 entries take seconds; what takes longer hangs. */
export const replayHistoryMs = 60_000;

/** Bulk jobs: runs that are begun with in a second. 10 leave a small installation most of its throughput. */
export const bulkPerSecondDefault = 10;
export const bulkPerSecondMin = 0.1;
export const bulkPerSecondMax = 100;

/** Bulk jobs: runs of one job. Their ids are one blob and one list in a worker's memory: 4 MB. */
export const bulkRunsMax = 100_000;

/** Bulk jobs: runs that are acted on at once. At 100 a second each may take a third of a second. */
export const bulkInFlight = 32;

/** Bulk jobs: what a stall is caught up with at once; the rest of it makes the job longer. */
export const bulkCatchUpMs = 250;

/** Bulk jobs: results in one event, in number and bytes (it fits an event), and how late they are told. */
export const bulkResultsPerEvent = 100;
export const bulkResultsBytes = 24 * 1024;
export const bulkResultsMs = 2_000;

/** Bulk jobs: of a refusal's message. */
export const bulkMessageCharacters = 200;

/** Bulk jobs: before a run is tried again where Temporal did not answer, and how often where something failed inside. */
export const bulkRetryMs = 1_000;
export const bulkTriesMax = 3;

/** Bulk jobs: runs whose prediction a preview shows, and how many are predicted at once. */
export const bulkSampleRuns = 20;
export const bulkPredictionsAtOnce = 4;

/**
 * Lists of jobs: entries of a job's history that are read at its beginning, where its selection stands, and at its end, where
 * its newest results do, each at most 24 KB; and ended jobs that a gateway keeps, about 1 KB each.
 */
export const jobHeadEntries = 40;
export const jobTailEntries = 20;
export const jobGlancesKept = 5_000;

/** Runs whose histories are read while another is replayed: a replay takes longer than a reading. */
export const verifyReadAhead = 3;

/** Timelines: steps of a page, and its bytes (a page with its frame stays under 1 MB, beside one step that is larger). */
export const timelineStepsDefault = 100;
export const timelineStepsMax = 500;
export const timelinePageBytes = 600 * 1024;

/** Timelines: a result, update or answer above this is shown as a preview; a message is cut. */
export const timelineValueBytes = 2 * 1024;
export const timelineTextCharacters = 500;

/** Timelines: of one step, the newest attempts, waits and questions; of a run, its newest marks and executions, its forks. */
export const timelineAttemptsShown = 60;
export const timelineWaitsShown = 60;
export const timelineQuestionsShown = 20;
export const timelineMarksShown = 200;
export const timelineExecutionsShown = 200;
export const timelineForksShown = 50;

/** Timelines that a gateway keeps folded, for the next page of somebody who reads one: of 50,000 events a few MB each. */
export const timelinesKept = 8;

/** Runs that a verification names one by one; more are meant by a filter. */
export const verifyRunsMax = 1_000;

/** Verifications in the result of a verifying run: what is beyond stands in its log. */
export const verificationsTold = 20;

/** How long who asks for one run's verification waits for it: workers may be busy, or away. */
export const verifyAnswerMs = 20_000;

/**
 * How long a command waits until a worker has replayed the run's newest execution. A small history takes 50 ms, one of
 * 10,000 entries a second or two; where no worker is up the command could do nothing either.
 */
export const verifyNowMs = 10_000;

/** Verifying every open run before a build is promoted: runs in one lot, and how long a lot may take. */
export const verifyLotRuns = 50;
export const verifyLotMs = 600_000;

/** A replay runs in a thread of its own, so a worker that is silent for so long is dead. */
export const verifierHeartbeatMs = 30_000;

/** Doctor: how late an answer of Temporal or a gateway may be; a model's may take longer, it may have to be loaded first. */
export const doctorAnswerMs = 5_000;
export const doctorModelMs = 30_000;

/** Doctor over HTTP: so long its findings are given again. Each look asks the model a word, which costs something. */
export const doctorKeptMs = 30_000;

/** The standing of the system: so long it is given again, whoever asks, and how late Temporal's part of it may be. */
export const systemKeptMs = 1_000;
export const systemAnswerMs = 2_000;

/** Rates and latencies of a gateway are of its last minute, as samples of its counters tell. */
export const figuresWindowMs = 60_000;
export const figuresSampleMs = 5_000;

/** How often a gateway tells the others how it stands, and after how long a silence it is taken for gone: two may be lost. */
export const rosterRenewMs = 5_000;
export const rosterExpiryMs = 16_000;

/** How often a worker tells Temporal of itself, with the slots that it has; the SDK's default is a minute. */
export const workerTellsMs = 10_000;

/** Who has told nothing for so long is not there any more: other SDKs tell each minute, and a killed worker stays listed for a day. */
export const workerSilentMs = 150_000;

/** Doctor: clocks that differ by more are told: schedules, tokens and signatures go wrong by it. */
export const doctorClockSkewMs = 2_000;

/** Doctor: tasks that wait for longer mean too few workers. */
export const doctorBacklogAgeMs = 10_000;

/** Doctor: of how many runs the newest payloads are decrypted. */
export const doctorPayloads = 20;

/** Doctor: free space of the data folder's disk below which it warns, and below which it is a fault: the history grows. */
export const doctorDiskWarningBytes = 5 * 1024 ** 3;
export const doctorDiskFaultBytes = 512 * 1024 ** 2;

/** Archive: how long after its end a run is archived, in seconds: visibility has it by then. Default of the setting, and its most. */
export const archiveDelaySeconds = 60;
export const archiveDelaySecondsMax = 30 * 24 * 60 * 60;

/** Archive: one call to a store of objects; the largest is a history (50 MB). */
export const archiveCallMs = 60_000;

/** Archive: indexes a gateway keeps, and how long it believes them, also that there is none: one that waits asks each second. */
export const archiveIndexesKept = 10_000;
export const archiveIndexKeptMs = 10_000;

/** Archive: keys that one page of the list looks at, 1,000 in each call. */
export const archiveScannedKeys = 20_000;

/** Archive: executions of one pass; more are divided by time, the oldest first. */
export const archivePassExecutions = 2_000;

/** Archive: executions of one page of a pass, and how many runs are archived at once. */
export const archivePageExecutions = 100;
export const archiveRunsAtOnce = 4;

/** Archive: how far back of where the last pass ended the next one begins: visibility may have been late. */
export const archiveOverlapMs = 10 * 60_000;

/** Archive: runs that a process knows to be archived, so that what lies in the overlap costs nothing. */
export const archiveDoneKept = 50_000;

/** Archive: executions that could not be archived and are tried again with each pass; beyond that, the oldest are only logged. */
export const archiveFailedKept = 500;

/** Archive: pause between two passes where there is nothing to do, at least and at most. */
export const archivePauseMinMs = 1_000;
export const archivePauseMaxMs = 60_000;

/** Bundles: a piece of a blob on one line, a multiple of 3 so that base64 has no padding inside. */
export const bundleBlobPieceBytes = 192 * 1024;

/** Bundles: a line that is longer is none that was exported: the largest payload in base64, in JSON, in base64. */
export const bundleLineBytes = 256 * 1024 * 1024;

/** Opened bundles: entries of a history that are read at once, and histories that stay in memory, of 50 MB at most each. */
export const bundlePageEntries = 1_000;
export const bundleHistoriesKept = 4;

/** Metrics: how long the answers of Temporal to a scrape are kept (Prometheus asks every 15 s), and how late they may be. */
export const scrapeKeptMs = 10_000;
export const scrapeAnswerMs = 3_000;

/** Metrics: what counts as ended recently; the metric's name says it. */
export const recentlyMs = 5 * 60_000;

/** Webhooks: how late an answer may be; Standard Webhooks advises receivers to answer within 15 s. */
export const webhookAnswerMs = 15_000;

/** Webhooks: pauses before an event is posted again, doubling, and how long it is tried before the next one has its turn. */
export const webhookRetryMs = 1_000;
export const webhookRetryMaxMs = 300_000;
export const webhookRetryDaysMs = 3 * 24 * 3_600_000;

/** Webhooks: a URL's length. */
export const webhookUrlCharacters = 2_000;

/** Webhooks: how long an execution that was announced may take to begin; whoever announced it may have died. */
export const webhookExpectMs = 300_000;

/** Webhooks: silence after which a worker that tells is taken for dead; it says every third of it that it lives. */
export const webhookHeartbeatMs = 30_000;

/** Webhooks: runs that a worker tells of at once. Most of them only wait: each is a long poll of the server. */
export const tellersAtOnce = 2_000;
export const tellerPolls = 4;

/** Webhooks: events that a teller reads at a time, and how often it looks for an execution that was announced. */
export const tellerPageEntries = 500;
export const tellerLookMs = 500;

/** Archive: a pass heartbeats at least so often, and is taken over by another worker after the silence. */
export const archiveHeartbeatMs = 5_000;
export const archiveSilenceMs = 60_000;

/** Archive: one pass, at most; a very long one is taken up where it was. */
export const archivePassMs = 6 * 60 * 60_000;

/** Deleting for good: runs of an owner in one request; how long the server may take for one execution, and how often it is asked. */
export const deleteOwnerRunsMax = 100;
export const deletionWaitMs = 5_000;
export const deletionLookMs = 50;

/** Client: how long a gateway may read before the first byte of a bundle, and delete, on top of a request's own time. */
export const exportWaitMs = 120_000;
export const deleteWaitMs = 60_000;

/** Client: how long a gateway may look at itself: a model that has to be loaded first takes its time. */
export const doctorWaitMs = 60_000;

/** Questions that one socket has open at once: a person looks at one, a page that shows a run's at a few. */
export const openQuestionsPerSocket = 100;

/** Sockets of one gateway that have the same question open: each is told of each other, and nobody reads more names. */
export const attendeesPerQuestion = 50;

/** Gateways tell each other again who has a question open; what was not told again for a while is over: its gateway is gone. */
export const presenceRenewMs = 10_000;
export const presenceExpiryMs = 30_000;

/** Questions of which a gateway remembers who has them open elsewhere. Bounds its memory, whatever comes over the bus. */
export const presenceElsewhereMax = 10_000;

/** What an OpenID provider is given to tell its addresses, in milliseconds: a page waits for it. */
export const discoveryTimeoutMs = 2_000;

/** How long what it has told (or that it did not) holds, in milliseconds. */
export const discoveryRetryMs = 60_000;
