import { type Command, Help, type HelpConfiguration } from "commander";

/** Characters that are left for a description, below which it goes on lines of its own. */
const least = 40;
/** Of a description that has lines of its own. */
const indent = " ".repeat(6);
/** Where nothing is known of a terminal. */
const usualWidth = 80;

/** Help that is to be read on any terminal: Commander leaves it to a narrow one to break the lines, which it does within words. */
export const helpLayout: HelpConfiguration = {
  // Lines of their own have less than what Commander wraps at.
  minWidthToWrap: least / 2,
  formatItem(term, termWidth, description, helper) {
    const width = helper.helpWidth ?? usualWidth;
    if (description === "" || width - termWidth - 4 >= least) {
      return Help.prototype.formatItem.call(helper, term, termWidth, description, helper);
    }
    const lines = helper.boxWrap(description, width - indent.length).replace(/^/gm, indent);
    return `  ${term}\n${lines}`;
  },
};

/** A paragraph below the help, for `addHelpText`. */
export function paragraph(text: string): (context: { readonly command: Command }) => string {
  return ({ command }) => {
    const width = command.configureOutput().getOutHelpWidth?.() ?? usualWidth;
    return `\n${command.createHelp().boxWrap(text, width)}`;
  };
}
