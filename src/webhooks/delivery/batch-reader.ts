import { Injectable } from '@nestjs/common';
import { BATCH, ChainStatements } from '../../journal/chain/chain.statements.js';
import { NoticeStatements } from '../notices/notice.statements.js';
import type { StoredDelivery, StoredWebhook } from '../table/webhook.statements.js';
import type { Batch } from './batch.js';
import { DeliveryStatements } from './delivery.statements.js';
import { isNotice, newsOfChange, newsOfNotice, type News } from './news.js';

/** Approximate maximum of waiting deliveries per webhook; from this number on, its cursors stay where they are. */
const MOST_WAITING = 1000;

/** Reads what is due for delivery to a webhook. */
@Injectable()
export class BatchReader {
  constructor(
    private readonly deliveries: DeliveryStatements,
    private readonly chain: ChainStatements,
    private readonly notices: NoticeStatements,
  ) {}

  /** Reads the late deliveries that are due, and the changes and notices after the cursors. */
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

  /** Looks up the changes and notices of late deliveries, by position; those that no longer exist are missing. */
  private async knownOf(due: readonly StoredDelivery[]): Promise<Map<number, News>> {
    const positions = due.map(({ position }) => position);
    const changes = await this.deliveries.changesAt(positions.filter((position) => position > 0));
    const notices = await this.notices.at(due.filter(isNotice).map(({ position }) => -position));
    const all = [...changes.map(newsOfChange), ...notices.map(newsOfNotice)];
    return new Map(all.map((news) => [news.position, news]));
  }
}
