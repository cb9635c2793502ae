import { MessageBook, type MessageKey } from './message-book.ts';
import { readMessageFiles, type MessageFiles } from './message-files.ts';
import { PackFolder } from './pack-folder.ts';
import { renderMessage, type EventValues, type RenderedMessage } from './render-message.ts';

/** An event's message, and where it comes from. */
export interface EventMessage extends RenderedMessage {
  readonly title: string;
  readonly language: string;
  readonly from: string;
}

/** Gives the messages of events, by the folder of packs that they are looked up in. Reads nothing before it is asked. */
export class MessageBooks {
  readonly #books = new Map<string, MessageBook>();
  #files: MessageFiles | undefined;

  /** @param contentFolder holds the mappings. */
  constructor(private readonly contentFolder: string) {}

  /** The message of an event; undefined where nothing that was imported has it. */
  messageOf(folder: string, key: MessageKey, values: EventValues): EventMessage | undefined {
    const found = this.#book(folder).find(key);
    if (!found) return undefined;
    const { title, language, from } = found;
    return { ...renderMessage(found, values), title, language, from };
  }

  #book(folder: string): MessageBook {
    let book = this.#books.get(folder);
    if (!book) {
      this.#files ??= readMessageFiles(this.contentFolder);
      book = new MessageBook(new PackFolder(folder), this.#files);
      this.#books.set(folder, book);
    }
    return book;
  }
}
