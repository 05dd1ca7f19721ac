/**
 * The client of the existing system, written from the contract's section 7 alone: a progress service (one socket for each
 * progress id, a reconnect after 5 s) and the page with its cards. It knows an address, and nothing of Baton.
 */
import { WebSocket } from 'ws';

const reconnectMs = 5_000;
const cardRemovedMs = 2_000;

interface ProgressData {
  progressId: string;
  status: string;
  percentage: number;
  currentUrl?: string;
  totalPages?: number;
  processedPages?: number;
  log?: string;
  logs?: string[];
  error?: string;
}

class ProgressService {
  private readonly base: string;
  private readonly sockets = new Map<string, WebSocket>();
  private readonly retries = new Set<NodeJS.Timeout>();
  connections = 0;

  constructor(base: string) {
    this.base = base;
  }

  /** Resolves when the socket is open, as the advice has it: first the socket, then the start. */
  stream(progressId: string, onProgress: (data: ProgressData) => void): Promise<void> {
    return new Promise((resolve) => {
      const socket = new WebSocket(`${this.base.replace(/^http/, 'ws')}/api/crawl-progress/${progressId}`);
      this.sockets.set(progressId, socket);
      socket.on('open', () => {
        this.connections++;
        resolve();
      });
      socket.on('message', (raw: Buffer) => {
        const message = JSON.parse(raw.toString('utf8')) as { type: string; data?: ProgressData };
        if (message.type === 'ping') return;
        if ((message.type === 'crawl_progress' || message.type === 'crawl_completed') && message.data)
          onProgress(message.data);
      });
      socket.on('error', () => socket.terminate());
      socket.on('close', (code) => {
        if (code === 1000) return;
        const retry = setTimeout(() => {
          this.retries.delete(retry);
          void this.stream(progressId, onProgress);
        }, reconnectMs);
        this.retries.add(retry);
      });
    });
  }

  leave(): void {
    for (const retry of this.retries) clearTimeout(retry);
    for (const socket of this.sockets.values()) socket.close(1000, 'leaving');
  }
}

interface Card extends ProgressData {
  bar: number;
  retryShown: boolean;
}

/** The page: a card for each crawl, from `starting` until two seconds after its completion. */
export class KnowledgePage {
  readonly service: ProgressService;
  readonly cards = new Map<string, Card>();
  readonly completed: ProgressData[] = [];
  readonly failed: string[] = [];
  readonly bars: number[] = [];
  private readonly base: string;

  constructor(base: string) {
    this.base = base;
    this.service = new ProgressService(base);
  }

  async addUrl(progressId: string, url: string, options: Record<string, unknown> = {}): Promise<number> {
    this.show({ progressId, status: 'starting', percentage: 0, logs: ['Starting crawl...'] });
    await this.service.stream(progressId, (data) => {
      if (data.progressId === progressId) this.show(data);
    });
    return this.post(progressId, url, options);
  }

  /** The button of a card that shows an error. */
  async retry(progressId: string, url: string): Promise<number> {
    await this.service.stream(progressId, (data) => {
      if (data.progressId === progressId) this.show(data);
    });
    return this.post(progressId, url, {});
  }

  private async post(progressId: string, url: string, options: Record<string, unknown>): Promise<number> {
    const response = await fetch(`${this.base}/api/knowledge-items/crawl`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ url, progress_id: progressId, ...options }),
    });
    return response.status;
  }

  private show(data: ProgressData): void {
    const bar = Math.min(data.percentage, 100);
    this.bars.push(bar);
    this.cards.set(data.progressId, {
      ...this.cards.get(data.progressId),
      ...data,
      bar,
      retryShown: data.status === 'error',
    });
    if (data.status === 'completed') {
      this.completed.push(data);
      setTimeout(() => this.cards.delete(data.progressId), cardRemovedMs);
    }
    if (data.status === 'error') this.failed.push(data.error ?? 'Crawling failed');
  }
}
