//! Tokens to definitions.

use std::collections::VecDeque;
use std::rc::Rc;

use crate::Value;
use crate::error::ParseError;
use crate::lex::{Kind, Lexer, Token};
use crate::number::Number;
use crate::tree::{Branch, Command, File, Node, Operand, OperandKind, Pipe, Template, is_empty};
use crate::unquote::{unquote, unquote_char};

/// Deeper nesting of blocks and parentheses is refused: nobody writes it.
const MAX_NESTING: usize = 500;

/// Parses a text: its own body, then the definitions in it.
pub(crate) fn parse(
    name: &str,
    text: &str,
    is_function: &dyn Fn(&str) -> bool,
) -> Result<Vec<Template>, ParseError> {
    let file = Rc::new(File {
        name: name.into(),
        text: text.into(),
    });
    let mut parser = Parser {
        lexer: Lexer::new(text),
        peeked: VecDeque::new(),
        last_line: 1,
        action_line: 0,
        variables: vec!["$".into()],
        range_depth: 0,
        nesting: 0,
        is_function,
        file: Rc::clone(&file),
        definitions: Vec::new(),
    };
    let body = parser.file()?;
    parser.define(name.into(), body)?;
    Ok(parser.definitions)
}

struct Parser<'a> {
    lexer: Lexer<'a>,
    peeked: VecDeque<Token<'a>>,
    last_line: usize,
    action_line: usize,
    variables: Vec<Rc<str>>,
    range_depth: usize,
    nesting: usize,
    is_function: &'a dyn Fn(&str) -> bool,
    file: Rc<File>,
    definitions: Vec<Template>,
}

/// How a list of nodes ended.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Ending {
    End,
    Else,
}

impl Ending {
    fn text(self) -> &'static str {
        match self {
            Self::End => "{{end}}",
            Self::Else => "{{else}}",
        }
    }
}

enum Item {
    Node(Node),
    Ending(Ending),
}

type Parsed<T> = Result<T, ParseError>;

impl<'a> Parser<'a> {
    fn read(&mut self) -> Token<'a> {
        let token = self.lexer.next();
        self.last_line = token.line;
        token
    }

    fn next(&mut self) -> Token<'a> {
        match self.peeked.pop_front() {
            Some(token) => token,
            None => self.read(),
        }
    }

    fn backup(&mut self, token: Token<'a>) {
        self.peeked.push_front(token);
    }

    fn peek(&mut self) -> Kind {
        let token = self.next();
        let kind = token.kind;
        self.backup(token);
        kind
    }

    fn next_non_space(&mut self) -> Token<'a> {
        loop {
            let token = self.next();
            if token.kind != Kind::Space {
                return token;
            }
        }
    }

    fn peek_non_space(&mut self) -> Token<'a> {
        let token = self.next_non_space();
        self.backup(token.clone());
        token
    }

    fn error<T>(&self, message: impl Into<String>) -> Parsed<T> {
        Err(ParseError {
            file: self.file.name.to_string(),
            line: self.last_line,
            message: message.into(),
        })
    }

    fn unexpected<T>(&self, token: &Token<'_>, context: &str) -> Parsed<T> {
        if token.kind == Kind::Error {
            let mut extra = String::new();
            if self.action_line != 0 && self.action_line != token.line {
                extra = format!(" in action started at {}:{}", self.file.name, self.action_line);
                if token.text.ends_with(" action") {
                    extra = extra.trim_start_matches(" in action").to_owned();
                }
            }
            return self.error(format!("{token}{extra}"));
        }
        self.error(format!("unexpected {token} in {context}"))
    }

    fn expect(&mut self, kind: Kind, context: &str) -> Parsed<Token<'a>> {
        let token = self.next_non_space();
        if token.kind == kind {
            Ok(token)
        } else {
            self.unexpected(&token, context)
        }
    }

    fn define(&mut self, name: Rc<str>, body: Vec<Node>) -> Parsed<()> {
        let existing = self
            .definitions
            .iter()
            .position(|definition| definition.name == name);
        if let Some(index) = existing {
            let old_is_empty = self.definitions.get(index).is_some_and(|old| is_empty(&old.body));
            if !old_is_empty {
                return if is_empty(&body) {
                    Ok(())
                } else {
                    self.error(format!(
                        "template: multiple definition of template {}",
                        crate::format::quote(name.as_bytes(), false)
                    ))
                };
            }
            self.definitions.remove(index);
        }
        self.definitions.push(Template {
            name,
            file: Rc::clone(&self.file),
            body,
        });
        Ok(())
    }

    fn file(&mut self) -> Parsed<Vec<Node>> {
        let mut body = Vec::new();
        loop {
            if self.peek() == Kind::Eof {
                return Ok(body);
            }
            if self.peek() == Kind::LeftDelim {
                let delim = self.next();
                let token = self.next_non_space();
                if token.kind == Kind::Define {
                    self.definition()?;
                    continue;
                }
                self.backup(token);
                self.backup(delim);
            }
            match self.text_or_action()? {
                Item::Node(node) => body.push(node),
                Item::Ending(ending) => return self.error(format!("unexpected {}", ending.text())),
            }
        }
    }

    fn definition(&mut self) -> Parsed<()> {
        let context = "define clause";
        let token = self.next_non_space();
        let name = self.template_name(&token, context)?;
        self.expect(Kind::RightDelim, context)?;
        let outer = std::mem::replace(&mut self.variables, vec!["$".into()]);
        let depth = std::mem::take(&mut self.range_depth);
        let (body, ending) = self.list()?;
        if ending != Ending::End {
            return self.error(format!("unexpected {} in {context}", ending.text()));
        }
        self.variables = outer;
        self.range_depth = depth;
        self.define(name, body)
    }

    fn template_name(&mut self, token: &Token<'_>, context: &str) -> Parsed<Rc<str>> {
        if !matches!(token.kind, Kind::String | Kind::RawString) {
            return self.unexpected(token, context);
        }
        match unquote(&token.text) {
            Some(name) => Ok(String::from_utf8_lossy(&name).as_ref().into()),
            None => self.error("invalid syntax"),
        }
    }

    fn list(&mut self) -> Parsed<(Vec<Node>, Ending)> {
        self.nesting += 1;
        if self.nesting > MAX_NESTING {
            return self.error("blocks are nested too deeply");
        }
        let mut nodes = Vec::new();
        while self.peek_non_space().kind != Kind::Eof {
            match self.text_or_action()? {
                Item::Node(node) => nodes.push(node),
                Item::Ending(ending) => {
                    self.nesting -= 1;
                    return Ok((nodes, ending));
                }
            }
        }
        self.error("unexpected EOF")
    }

    fn text_or_action(&mut self) -> Parsed<Item> {
        let token = self.next_non_space();
        match token.kind {
            Kind::Text => Ok(Item::Node(Node::Text {
                at: token.at,
                text: token.text.as_ref().into(),
            })),
            Kind::LeftDelim => {
                self.action_line = token.line;
                let item = self.action()?;
                self.action_line = 0;
                Ok(item)
            }
            _ => self.unexpected(&token, "input"),
        }
    }

    fn action(&mut self) -> Parsed<Item> {
        let token = self.next_non_space();
        let node = match token.kind {
            Kind::Block => self.block()?,
            Kind::Break | Kind::Continue => self.leave(&token)?,
            Kind::Else => {
                let next = self.peek_non_space();
                if !matches!(next.kind, Kind::If | Kind::With) {
                    self.expect(Kind::RightDelim, "else")?;
                }
                return Ok(Item::Ending(Ending::Else));
            }
            Kind::End => {
                self.expect(Kind::RightDelim, "end")?;
                return Ok(Item::Ending(Ending::End));
            }
            Kind::If => Node::If(self.branch("if")?),
            Kind::Range => Node::Range(self.branch("range")?),
            Kind::With => Node::With(self.branch("with")?),
            Kind::Template => self.template_call()?,
            _ => {
                self.backup(token);
                let pipe = self.pipeline("command", Kind::RightDelim)?;
                Node::Action { pipe }
            }
        };
        Ok(Item::Node(node))
    }

    fn leave(&mut self, token: &Token<'a>) -> Parsed<Node> {
        let (node, name) = if token.kind == Kind::Break {
            (Node::Break, "{{break}}")
        } else {
            (Node::Continue, "{{continue}}")
        };
        let next = self.next_non_space();
        if next.kind != Kind::RightDelim {
            return self.unexpected(&next, name);
        }
        if self.range_depth == 0 {
            return self.error(format!("{name} outside {{{{range}}}}"));
        }
        Ok(node)
    }

    fn template_call(&mut self) -> Parsed<Node> {
        let context = "template clause";
        let token = self.next_non_space();
        let name = self.template_name(&token, context)?;
        let next = self.next_non_space();
        let pipe = if next.kind == Kind::RightDelim {
            None
        } else {
            self.backup(next);
            Some(self.pipeline(context, Kind::RightDelim)?)
        };
        Ok(Node::Template {
            at: token.at,
            name,
            pipe,
        })
    }

    fn block(&mut self) -> Parsed<Node> {
        let context = "block clause";
        let token = self.next_non_space();
        let name = self.template_name(&token, context)?;
        let pipe = self.pipeline(context, Kind::RightDelim)?;
        let outer = std::mem::replace(&mut self.variables, vec!["$".into()]);
        let (body, ending) = self.list()?;
        if ending != Ending::End {
            return self.error(format!("unexpected {} in {context}", ending.text()));
        }
        self.variables = outer;
        self.define(Rc::clone(&name), body)?;
        Ok(Node::Template {
            at: token.at,
            name,
            pipe: Some(pipe),
        })
    }

    fn branch(&mut self, context: &str) -> Parsed<Branch> {
        let variables = self.variables.len();
        let pipe = self.pipeline(context, Kind::RightDelim)?;
        let in_range = usize::from(context == "range");
        self.range_depth += in_range;
        let (body, ending) = self.list()?;
        self.range_depth -= in_range;
        let mut otherwise = Vec::new();
        if ending == Ending::Else {
            let next = self.peek();
            if context == "if" && next == Kind::If {
                self.next();
                otherwise.push(Node::If(self.nested(context)?));
            } else if context == "with" && next == Kind::With {
                self.next();
                otherwise.push(Node::With(self.nested(context)?));
            } else {
                let (nodes, ending) = self.list()?;
                if ending != Ending::End {
                    return self.error(format!("expected end; found {}", ending.text()));
                }
                otherwise = nodes;
            }
        }
        self.variables.truncate(variables);
        Ok(Branch {
            pipe,
            body,
            otherwise,
        })
    }

    /// The branch of an `else if`; a long chain of them is as deep as it is long.
    fn nested(&mut self, context: &str) -> Parsed<Branch> {
        self.nesting += 1;
        if self.nesting > MAX_NESTING {
            return self.error("blocks are nested too deeply");
        }
        let branch = self.branch(context)?;
        self.nesting -= 1;
        Ok(branch)
    }

    fn pipeline(&mut self, context: &str, end: Kind) -> Parsed<Pipe> {
        let mut pipe = Pipe {
            at: self.peek_non_space().at,
            ..Pipe::default()
        };
        self.declarations(context, &mut pipe)?;
        loop {
            let token = self.next_non_space();
            match token.kind {
                kind if kind == end => {
                    self.check_pipeline(&pipe, context)?;
                    return Ok(pipe);
                }
                Kind::Bool
                | Kind::CharConstant
                | Kind::Complex
                | Kind::Dot
                | Kind::Field
                | Kind::Identifier
                | Kind::Number
                | Kind::Nil
                | Kind::RawString
                | Kind::String
                | Kind::Variable
                | Kind::LeftParen => {
                    self.backup(token);
                    let command = self.command()?;
                    pipe.commands.push(command);
                }
                _ => return self.unexpected(&token, context),
            }
        }
    }

    fn declarations(&mut self, context: &str, pipe: &mut Pipe) -> Parsed<()> {
        loop {
            let variable = self.peek_non_space();
            if variable.kind != Kind::Variable {
                return Ok(());
            }
            let variable = self.next_non_space();
            let after = self.next();
            let (space, next) = if after.kind == Kind::Space {
                let next = self.next_non_space();
                (Some(after), next)
            } else {
                (None, after)
            };
            let is_comma = next.kind == Kind::Char && next.text == ",";
            if matches!(next.kind, Kind::Assign | Kind::Declare) {
                pipe.is_assignment = next.kind == Kind::Assign;
                self.declare(&variable, pipe);
                return Ok(());
            }
            if !is_comma {
                self.backup(next);
                if let Some(space) = space {
                    self.backup(space);
                }
                self.backup(variable);
                return Ok(());
            }
            self.declare(&variable, pipe);
            if context != "range" || pipe.declared.len() >= 2 {
                return self.error(format!("too many declarations in {context}"));
            }
            let next = self.peek_non_space().kind;
            if !matches!(next, Kind::Variable | Kind::RightDelim | Kind::RightParen) {
                return self.error("range can only initialize variables");
            }
        }
    }

    fn declare(&mut self, variable: &Token<'a>, pipe: &mut Pipe) {
        let name: Rc<str> = variable.text.as_ref().into();
        pipe.declared.push(Rc::clone(&name));
        self.variables.push(name);
    }

    fn check_pipeline(&self, pipe: &Pipe, context: &str) -> Parsed<()> {
        if pipe.commands.is_empty() {
            return self.error(format!("missing value for {context}"));
        }
        for (index, command) in pipe.commands.iter().enumerate().skip(1) {
            let first = command.operands.first().map(|operand| &operand.kind);
            if matches!(
                first,
                Some(
                    OperandKind::Bool(_)
                        | OperandKind::Dot
                        | OperandKind::Nil
                        | OperandKind::Number(_)
                        | OperandKind::String { .. }
                )
            ) {
                return self.error(format!("non executable command in pipeline stage {}", index + 1));
            }
        }
        Ok(())
    }

    fn command(&mut self) -> Parsed<Command> {
        let at = self.peek_non_space().at;
        let mut operands = Vec::new();
        loop {
            self.peek_non_space();
            if let Some(operand) = self.operand()? {
                operands.push(operand);
            }
            let token = self.next();
            match token.kind {
                Kind::Space => continue,
                Kind::RightDelim | Kind::RightParen => self.backup(token),
                Kind::Pipe => {}
                _ => return self.unexpected(&token, "operand"),
            }
            break;
        }
        if operands.is_empty() {
            return self.error("empty command");
        }
        Ok(Command { at, operands })
    }

    fn operand(&mut self) -> Parsed<Option<Operand>> {
        let Some(mut operand) = self.term()? else {
            return Ok(None);
        };
        if self.peek() != Kind::Field {
            return Ok(Some(operand));
        }
        let mut fields: Vec<Rc<str>> = Vec::new();
        let mut chain_at = None;
        while self.peek() == Kind::Field {
            let token = self.next();
            chain_at.get_or_insert(token.at);
            fields.push(token.text.trim_start_matches('.').into());
        }
        let at = chain_at.unwrap_or(operand.at);
        match &mut operand.kind {
            OperandKind::Field(first) | OperandKind::Variable { fields: first, .. } => {
                first.append(&mut fields);
                operand.at = at;
            }
            OperandKind::Bool(_)
            | OperandKind::String { .. }
            | OperandKind::Number(_)
            | OperandKind::Nil
            | OperandKind::Dot => {
                let name = crate::format::quote(operand.to_string().as_bytes(), false);
                return self.error(format!("unexpected . after term {name}"));
            }
            _ => {
                operand = Operand {
                    at,
                    kind: OperandKind::Chain {
                        of: Box::new(operand),
                        fields,
                    },
                };
            }
        }
        Ok(Some(operand))
    }

    fn term(&mut self) -> Parsed<Option<Operand>> {
        let token = self.next_non_space();
        let kind = match token.kind {
            Kind::Identifier => {
                if !(self.is_function)(&token.text) {
                    let name = crate::format::quote(token.text.as_bytes(), false);
                    return self.error(format!("function {name} not defined"));
                }
                OperandKind::Function(token.text.as_ref().into())
            }
            Kind::Dot => OperandKind::Dot,
            Kind::Nil => OperandKind::Nil,
            Kind::Bool => OperandKind::Bool(token.text == "true"),
            Kind::Variable => {
                let name: Rc<str> = token.text.as_ref().into();
                if !self.variables.contains(&name) {
                    let name = crate::format::quote(name.as_bytes(), false);
                    return self.error(format!("undefined variable {name}"));
                }
                OperandKind::Variable {
                    name,
                    fields: Vec::new(),
                }
            }
            Kind::Field => OperandKind::Field(vec![token.text.trim_start_matches('.').into()]),
            Kind::CharConstant => match unquote_char(&token.text) {
                Some(character) => OperandKind::Number(Number::character(&token.text, character)),
                None => return self.error("invalid syntax"),
            },
            Kind::Complex | Kind::Number => match Number::parse(&token.text) {
                Ok(number) => OperandKind::Number(number),
                Err(message) => return self.error(message),
            },
            Kind::String | Kind::RawString => match unquote(&token.text) {
                Some(text) => OperandKind::String {
                    source: token.text.as_ref().into(),
                    value: Value::string(text),
                },
                None => return self.error("invalid syntax"),
            },
            Kind::LeftParen => {
                self.nesting += 1;
                if self.nesting > MAX_NESTING {
                    return self.error("parentheses are nested too deeply");
                }
                let pipe = self.pipeline("parenthesized pipeline", Kind::RightParen)?;
                self.nesting -= 1;
                return Ok(Some(Operand {
                    at: pipe.at,
                    kind: OperandKind::Pipe(pipe),
                }));
            }
            _ => {
                self.backup(token);
                return Ok(None);
            }
        };
        Ok(Some(Operand { at: token.at, kind }))
    }
}
