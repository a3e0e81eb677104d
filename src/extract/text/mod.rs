//! The text of an item: folded for comparison, searched for words, cut for
//! evidence, split into the tokens that the grammars read.

pub(crate) mod evidence;
pub(crate) mod fold;
pub(crate) mod lex;
pub(crate) mod words;
