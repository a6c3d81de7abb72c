//! Tokens to definitions.

use std::collections::{HashSet, VecDeque};
use std::rc::Rc;

use crate::Value;
use crate::error::ParseError;
use crate::lex::{Kind, Lexer, Token};
use crate::number::Number;
use crate::tree::{Branch, Command, File, Node, Operand, OperandKind, Pipe, Template, is_empty};
use crate::unquote::{unquote, unquote_char};

/// Deeper nesting of blocks and parentheses is refused: nobody writes it.
const MAX_NESTING: usize = 500;

/// Names of fields, variables and functions, each kept once.
pub(crate) type Names = HashSet<Rc<str>, foldhash::fast::RandomState>;

/// Parses a text: its own body, then the definitions in it.
pub(crate) fn parse(
    name: &str,
    text: &str,
    is_function: &dyn Fn(&str) -> bool,
    names: &mut Names,
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
        names,
        file: Rc::clone(&file),
        definitions: Vec::new(),
        nodes: Vec::new(),
        commands: Vec::new(),
        operands: Vec::new(),
        fields: Vec::new(),
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
    names: &'a mut Names,
    file: Rc<File>,
    definitions: Vec<Template>,
    /// The parts of what is open, the innermost last: what ends takes its own.
    nodes: Vec<Node>,
    commands: Vec<Command>,
    operands: Vec<Operand>,
    fields: Vec<Rc<str>>,
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
        if self.peeked.is_empty() {
            let token = self.read();
            self.peeked.push_back(token);
        }
        self.peeked.front().map_or(Kind::Eof, |token| token.kind)
    }

    fn next_non_space(&mut self) -> Token<'a> {
        loop {
            let token = self.next();
            if token.kind != Kind::Space {
                return token;
            }
        }
    }

    /// What the next token is that is no space, and where it starts.
    fn peek_non_space(&mut self) -> (Kind, usize) {
        while self.peek() == Kind::Space {
            self.peeked.pop_front();
        }
        self.peeked
            .front()
            .map_or((Kind::Eof, 0), |token| (token.kind, token.at))
    }

    fn name(&mut self, text: &str) -> Rc<str> {
        if let Some(known) = self.names.get(text) {
            return Rc::clone(known);
        }
        let name: Rc<str> = text.into();
        self.names.insert(Rc::clone(&name));
        name
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

    fn define(&mut self, name: Rc<str>, body: Box<[Node]>) -> Parsed<()> {
        let existing = self
            .definitions
            .iter()
            .position(|definition| definition.name == name);
        if let Some(index) = existing {
            let old_is_empty = self.definitions.get(index).is_some_and(Template::is_empty);
            if !old_is_empty {
                return if is_empty(&body, &self.file) {
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

    fn file(&mut self) -> Parsed<Box<[Node]>> {
        loop {
            if self.peek() == Kind::Eof {
                return Ok(self.nodes.drain(..).collect());
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
                Item::Node(node) => self.nodes.push(node),
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

    fn list(&mut self) -> Parsed<(Box<[Node]>, Ending)> {
        self.nesting += 1;
        if self.nesting > MAX_NESTING {
            return self.error("blocks are nested too deeply");
        }
        let first = self.nodes.len();
        while self.peek_non_space().0 != Kind::Eof {
            match self.text_or_action()? {
                Item::Node(node) => self.nodes.push(node),
                Item::Ending(ending) => {
                    self.nesting -= 1;
                    return Ok((self.nodes.drain(first..).collect(), ending));
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
                length: token.text.len(),
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
                if !matches!(self.peek_non_space().0, Kind::If | Kind::With) {
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
        let mut otherwise: Box<[Node]> = Box::default();
        if ending == Ending::Else {
            let next = self.peek();
            if context == "if" && next == Kind::If {
                self.next();
                otherwise = Box::new([Node::If(self.nested(context)?)]);
            } else if context == "with" && next == Kind::With {
                self.next();
                otherwise = Box::new([Node::With(self.nested(context)?)]);
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
        let at = self.peek_non_space().1;
        let (declared, is_assignment) = self.declarations(context)?;
        let first = self.commands.len();
        loop {
            let token = self.next_non_space();
            match token.kind {
                kind if kind == end => {
                    let pipe = Pipe {
                        at,
                        declared,
                        is_assignment,
                        commands: self.commands.drain(first..).collect(),
                    };
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
                    self.commands.push(command);
                }
                _ => return self.unexpected(&token, context),
            }
        }
    }

    /// The variables that a pipeline sets, and whether they exist already.
    fn declarations(&mut self, context: &str) -> Parsed<(Box<[Rc<str>]>, bool)> {
        let mut declared = Vec::new();
        loop {
            if self.peek_non_space().0 != Kind::Variable {
                return Ok((declared.into(), false));
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
                declared.push(self.declare(&variable));
                return Ok((declared.into(), next.kind == Kind::Assign));
            }
            if !is_comma {
                self.backup(next);
                if let Some(space) = space {
                    self.backup(space);
                }
                self.backup(variable);
                return Ok((declared.into(), false));
            }
            declared.push(self.declare(&variable));
            if context != "range" || declared.len() >= 2 {
                return self.error(format!("too many declarations in {context}"));
            }
            let next = self.peek_non_space().0;
            if !matches!(next, Kind::Variable | Kind::RightDelim | Kind::RightParen) {
                return self.error("range can only initialize variables");
            }
        }
    }

    fn declare(&mut self, variable: &Token<'a>) -> Rc<str> {
        let name = self.name(&variable.text);
        self.variables.push(Rc::clone(&name));
        name
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
        let at = self.peek_non_space().1;
        let first = self.operands.len();
        loop {
            self.peek_non_space();
            if let Some(operand) = self.operand()? {
                self.operands.push(operand);
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
        let operands: Box<[Operand]> = self.operands.drain(first..).collect();
        if operands.is_empty() {
            return self.error("empty command");
        }
        Ok(Command { at, operands })
    }

    fn operand(&mut self) -> Parsed<Option<Operand>> {
        let Some(operand) = self.term()? else {
            return Ok(None);
        };
        if self.peek() != Kind::Field {
            return Ok(Some(operand));
        }
        let mut chain_at = None;
        let first = self.fields.len();
        match &operand.kind {
            OperandKind::Field(fields) => self.fields.extend(fields.iter().cloned()),
            OperandKind::Bool(_)
            | OperandKind::String { .. }
            | OperandKind::Number(_)
            | OperandKind::Nil
            | OperandKind::Dot => {
                // The error stands behind the whole chain.
                while self.peek() == Kind::Field {
                    self.next();
                }
                let name = crate::format::quote(operand.to_string().as_bytes(), false);
                return self.error(format!("unexpected . after term {name}"));
            }
            _ => {}
        }
        while self.peek() == Kind::Field {
            let token = self.next();
            chain_at.get_or_insert(token.at);
            let name = self.name(token.text.trim_start_matches('.'));
            self.fields.push(name);
        }
        let at = chain_at.unwrap_or(operand.at);
        let fields = self.fields.drain(first..).collect();
        let kind = match operand.kind {
            OperandKind::Field(_) => OperandKind::Field(fields),
            // A variable has no fields before it is followed by some.
            OperandKind::Variable { name, .. } => OperandKind::Variable { name, fields },
            _ => OperandKind::Chain {
                of: Box::new(operand),
                fields,
            },
        };
        Ok(Some(Operand { at, kind }))
    }

    fn term(&mut self) -> Parsed<Option<Operand>> {
        let token = self.next_non_space();
        let kind = match token.kind {
            Kind::Identifier => {
                if !(self.is_function)(&token.text) {
                    let name = crate::format::quote(token.text.as_bytes(), false);
                    return self.error(format!("function {name} not defined"));
                }
                OperandKind::Function(self.name(&token.text))
            }
            Kind::Dot => OperandKind::Dot,
            Kind::Nil => OperandKind::Nil,
            Kind::Bool => OperandKind::Bool(token.text == "true"),
            Kind::Variable => {
                let name = self.name(&token.text);
                if !self.variables.contains(&name) {
                    let name = crate::format::quote(name.as_bytes(), false);
                    return self.error(format!("undefined variable {name}"));
                }
                OperandKind::Variable {
                    name,
                    fields: Box::default(),
                }
            }
            Kind::Field => {
                let name = self.name(token.text.trim_start_matches('.'));
                OperandKind::Field(Box::new([name]))
            }
            Kind::CharConstant => match unquote_char(&token.text) {
                Some(character) => OperandKind::Number(Box::new(Number::character(&token.text, character))),
                None => return self.error("invalid syntax"),
            },
            Kind::Complex | Kind::Number => match Number::parse(&token.text) {
                Ok(number) => OperandKind::Number(Box::new(number)),
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
                    kind: OperandKind::Pipe(Box::new(pipe)),
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
