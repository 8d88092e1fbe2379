// SPDX-License-Identifier: EUPL-1.2
//! The grammar of conditions. It is that of `when` in mapping files; here every word keeps its place, because fields and
//! values are checked against the schema and findings point at them.
//!
//! ```text
//! condition = all { "or" all }            all  = one { "and" one }
//! one       = "not" one | "(" condition ")" | path test
//! test      = ("=" | "!=" | "<" | "<=" | ">" | ">=") literal | "in" "(" literal { "," literal } ")"
//!           | "is" ( "present" | "absent" )
//! literal   = 'text' | number | true | false
//! ```

use std::ops::Range;

use hub_message::{Code, Finding};

use super::token::{Token, tokens};
use super::{Literal, Node, Operator, Path, Test, Value};
use crate::written::Written;

const SYNTAX: Code = Code::new("AH-R030");
const DEPTH_MAX: usize = 32;
const KEY_WORDS: [&str; 9] = ["and", "or", "not", "in", "is", "present", "absent", "true", "false"];

/// Reads a condition.
pub(super) fn parse(written: &Written) -> Result<Node, Finding> {
    let finding = |(at, text): (Range<usize>, String)| Finding::error(SYNTAX, written.file(), written.part(at), text);
    let tokens = tokens(written.as_str()).map_err(|(at, text)| finding((at, text.to_owned())))?;
    let mut parser = Parser {
        tokens,
        next: 0,
        depth: 0,
    };
    let node = parser.any().map_err(finding)?;
    match parser.peek() {
        (Token::End, _) => Ok(node),
        (_, at) => Err(finding((at, "expected `and`, `or` or the end of the condition".into()))),
    }
}

type Fault = (Range<usize>, String);

struct Parser {
    tokens: Vec<(Token, Range<usize>)>,
    next: usize,
    depth: usize,
}

impl Parser {
    fn peek(&self) -> (Token, Range<usize>) {
        self.tokens.get(self.next).cloned().unwrap_or((Token::End, 0..0))
    }

    fn take(&mut self) -> (Token, Range<usize>) {
        let token = self.peek();
        self.next += 1;
        token
    }

    fn word(&mut self, expected: &str) -> bool {
        let found = matches!(self.peek().0, Token::Word(word) if word == expected);
        self.next += usize::from(found);
        found
    }

    fn sign(&mut self, expected: &str) -> bool {
        let found = matches!(self.peek().0, Token::Sign(sign) if sign == expected);
        self.next += usize::from(found);
        found
    }

    fn expect(&mut self, sign: &str) -> Result<(), Fault> {
        if self.sign(sign) {
            return Ok(());
        }
        Err((self.peek().1, format!("expected `{sign}`")))
    }

    fn any(&mut self) -> Result<Node, Fault> {
        let mut nodes = vec![self.all()?];
        while self.word("or") {
            nodes.push(self.all()?);
        }
        Ok(single(nodes, Node::Any))
    }

    fn all(&mut self) -> Result<Node, Fault> {
        let mut nodes = vec![self.one()?];
        while self.word("and") {
            nodes.push(self.one()?);
        }
        Ok(single(nodes, Node::All))
    }

    fn one(&mut self) -> Result<Node, Fault> {
        self.depth += 1;
        if self.depth > DEPTH_MAX {
            return Err((self.peek().1, format!("nested more than {DEPTH_MAX} deep")));
        }
        let node = if self.word("not") {
            Node::Not(Box::new(self.one()?))
        } else if self.sign("(") {
            let inner = self.any()?;
            self.expect(")")?;
            inner
        } else {
            self.test()?
        };
        self.depth -= 1;
        Ok(node)
    }

    fn test(&mut self) -> Result<Node, Fault> {
        let path = match self.take() {
            (Token::Word(word), at) if !KEY_WORDS.contains(&word.as_str()) => Path {
                steps: word.split('.').map(str::to_owned).collect(),
                at,
            },
            (_, at) => return Err((at, "expected a field of the canonical document".into())),
        };
        if self.word("is") {
            return self.presence(path);
        }
        if self.word("in") {
            return Ok(Node::Test(path, Test::In(self.literals()?)));
        }
        self.comparison(path)
    }

    fn presence(&mut self, path: Path) -> Result<Node, Fault> {
        if self.word("present") {
            return Ok(Node::Test(path, Test::Present));
        }
        if self.word("absent") {
            return Ok(Node::Not(Box::new(Node::Test(path, Test::Present))));
        }
        Err((self.peek().1, "expected `present` or `absent`".into()))
    }

    fn comparison(&mut self, path: Path) -> Result<Node, Fault> {
        let (operator, negated) = match self.take() {
            (Token::Sign("="), _) => (Operator::Equal, false),
            (Token::Sign("!="), _) => (Operator::Equal, true),
            (Token::Sign("<"), _) => (Operator::Less, false),
            (Token::Sign("<="), _) => (Operator::LessOrEqual, false),
            (Token::Sign(">"), _) => (Operator::Greater, false),
            (Token::Sign(">="), _) => (Operator::GreaterOrEqual, false),
            (_, at) => {
                return Err((
                    at,
                    "expected `=`, `!=`, `<`, `<=`, `>`, `>=`, `in`, `is present` or `is absent`".into(),
                ));
            }
        };
        let test = Node::Test(path, Test::Is(operator, self.literal()?));
        Ok(if negated { Node::Not(Box::new(test)) } else { test })
    }

    fn literals(&mut self) -> Result<Vec<Literal>, Fault> {
        self.expect("(")?;
        let mut literals = vec![self.literal()?];
        while self.sign(",") {
            literals.push(self.literal()?);
        }
        self.expect(")")?;
        Ok(literals)
    }

    fn literal(&mut self) -> Result<Literal, Fault> {
        let (token, at) = self.take();
        let value = match token {
            Token::Text(text) => Value::Text(text),
            Token::Number(number) => Value::Number(number),
            Token::Word(word) if word == "true" || word == "false" => Value::Bool(word == "true"),
            Token::Word(word) => return Err((at, format!("expected a value; a text is written '{word}'"))),
            _ => return Err((at, "expected a value: a 'text', a number, true or false".into())),
        };
        Ok(Literal { value, at })
    }
}

fn single(mut nodes: Vec<Node>, many: fn(Vec<Node>) -> Node) -> Node {
    match nodes.pop() {
        Some(node) if nodes.is_empty() => node,
        Some(node) => {
            nodes.push(node);
            many(nodes)
        }
        None => many(nodes),
    }
}
