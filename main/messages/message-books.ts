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

/** Gives an event's message; undefined where nothing that was imported has it. */
export type MessageOf = (key: MessageKey, values: EventValues) => EventMessage | undefined;

/** Gives the messages of events, by the folder of packs that they are looked up in. Reads nothing before it is asked. */
export class MessageBooks {
  readonly #books = new Map<string, MessageBook>();
  #files: MessageFiles | undefined;

  /** @param contentFolder holds the mappings. */
  constructor(private readonly contentFolder: string) {}

  /** What gives the messages of events from what a folder holds now; undefined where it holds nothing. */
  of(folder: string): MessageOf | undefined {
    const book = this.#book(folder);
    book.refresh();
    if (book.isEmpty) return undefined;
    return (key, values) => {
      const found = book.find(key);
      if (!found) return undefined;
      const { title, language, from } = found;
      return { ...renderMessage(found, values), title, language, from };
    };
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
