import { Injectable } from '@nestjs/common';
import { BATCH, ChainStatements } from '../../journal/chain/chain.statements.js';
import { NoticeStatements } from '../notices/notice.statements.js';
import type { StoredDelivery, StoredWebhook } from '../table/webhook.statements.js';
import type { Batch } from './batch.js';
import { DeliveryStatements } from './delivery.statements.js';
import { isNotice, newsOfChange, newsOfNotice, type News } from './news.js';

/** How many late deliveries a webhook may have, about: with more the cursors wait. */
const MOST_WAITING = 1000;

/** Reads what there is to deliver to a webhook. */
@Injectable()
export class BatchReader {
  constructor(
    private readonly deliveries: DeliveryStatements,
    private readonly chain: ChainStatements,
    private readonly notices: NoticeStatements,
  ) {}

  /** What is late and due, and what the journal and the notices have behind the cursors. */
  async read(webhook: StoredWebhook): Promise<Batch> {
    const { count, clients: waiting } = await this.deliveries.waiting(webhook.id);
    const due = await this.deliveries.due(webhook.id);
    const late = { webhook, waiting, due, known: await this.knownOf(due) };
    const { position, noticePosition } = webhook;
    if (count >= MOST_WAITING) return { ...late, fresh: [], read: { position, noticePosition }, isFull: false };
    const changes = await this.chain.sealedFrom(position + 1);
    const notices = await this.notices.behind(noticePosition);
    return {
      ...late,
      fresh: [...changes.map(newsOfChange), ...notices.live.map(newsOfNotice)],
      read: { position: Number(changes.at(-1)?.position ?? position), noticePosition: notices.position },
      isFull: changes.length === BATCH || notices.isFull,
    };
  }

  /** What late deliveries deliver, by position: what is no longer there is missing. */
  private async knownOf(due: readonly StoredDelivery[]): Promise<Map<number, News>> {
    const positions = due.map(({ position }) => position);
    const changes = await this.deliveries.changesAt(positions.filter((position) => position > 0));
    const notices = await this.notices.at(due.filter(isNotice).map(({ position }) => -position));
    const all = [...changes.map(newsOfChange), ...notices.map(newsOfNotice)];
    return new Map(all.map((news) => [news.position, news]));
  }
}
