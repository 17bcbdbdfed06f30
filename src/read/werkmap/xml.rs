//! The parts of a zip container as a stream of xml events.

use super::{MAX_KEPT_PART, Refusal};
use quick_xml::Reader;
use quick_xml::XmlVersion;
use quick_xml::events::{BytesRef, BytesStart, Event};
use std::collections::HashMap;
use std::io::{BufRead, BufReader, Cursor, Read as _};

/// Most relations of one part.
const MAX_RELATIONS: usize = 100_000;

/// The parts of a container, by name without regard to case, as other readers take them.
pub(super) struct Parts<'a> {
    zip: zip::ZipArchive<Cursor<&'a [u8]>>,
    names: HashMap<String, usize>,
}

impl<'a> Parts<'a> {
    pub(super) fn new(bytes: &'a [u8]) -> Result<Self, Refusal> {
        let zip = zip::ZipArchive::new(Cursor::new(bytes)).map_err(Refusal::damaged)?;
        let mut names = HashMap::new();
        for (index, name) in zip.file_names().enumerate() {
            let name = name.map_err(Refusal::damaged)?;
            names.entry(name.to_lowercase()).or_insert(index);
        }
        Ok(Parts { zip, names })
    }

    /// The bytes of a part as a stream; none when there is no such part. At most `limit` bytes of it are read.
    pub(super) fn raw(
        &mut self,
        name: &str,
        limit: u64,
    ) -> Result<Option<Box<dyn BufRead + '_>>, Refusal> {
        let Some(index) = self.names.get(&name.to_lowercase()) else {
            return Ok(None);
        };
        let part = self.zip.by_index(*index).map_err(Refusal::damaged)?;
        Ok(Some(Box::new(BufReader::new(part.take(limit)))))
    }

    /// The events of a part; none when there is no such part. At most `limit` bytes of it are read.
    pub(super) fn xml(&mut self, name: &str, limit: u64) -> Result<Option<Xml<'_>>, Refusal> {
        Ok(self.raw(name, limit)?.map(Xml::new))
    }

    /// The targets of a part's relations, by their id.
    pub(super) fn relations(&mut self, part: &str) -> Result<HashMap<String, Relation>, Refusal> {
        let (folder, name) = part.rsplit_once('/').unwrap_or(("", part));
        let rels = format!("{folder}/_rels/{name}.rels");
        let rels = rels.trim_start_matches('/');
        let mut relations = HashMap::new();
        let Some(mut events) = self.xml(rels, MAX_KEPT_PART)? else {
            return Ok(relations);
        };
        loop {
            match events.next()? {
                Event::Start(e) if e.local_name().as_ref() == "Relationship" => {
                    let (Some(id), Some(target)) = (attribute(&e, "Id"), attribute(&e, "Target"))
                    else {
                        continue;
                    };
                    let outside = attribute(&e, "TargetMode").as_deref() == Some("External");
                    let kind = attribute(&e, "Type").unwrap_or_default();
                    let kind = kind.rsplit('/').next().unwrap_or("").to_owned();
                    let target = if outside {
                        target
                    } else {
                        resolve(folder, &target)
                    };
                    if relations.len() >= MAX_RELATIONS {
                        return Err(Refusal::TooLarge(format!(
                            "it has more than {MAX_RELATIONS} parts that refer to each other"
                        )));
                    }
                    relations.insert(id, Relation { kind, target });
                }
                Event::Eof => return Ok(relations),
                _ => {}
            }
        }
    }
}

/// What a part refers to.
pub(super) struct Relation {
    /// The last word of its kind: `worksheet`, `table`.
    pub(super) kind: String,
    /// The part, or the file outside.
    pub(super) target: String,
}

/// The part that a relation of a part in `folder` points at.
fn resolve(folder: &str, target: &str) -> String {
    if let Some(absolute) = target.strip_prefix('/') {
        return absolute.to_owned();
    }
    let mut path: Vec<&str> = folder.split('/').filter(|p| !p.is_empty()).collect();
    for piece in target.split('/') {
        match piece {
            ".." => {
                path.pop();
            }
            "" | "." => {}
            piece => path.push(piece),
        }
    }
    path.join("/")
}

/// A stream of xml events. Empty elements come as a start and an end.
pub(super) struct Xml<'a> {
    reader: Reader<Box<dyn BufRead + 'a>>,
    buffer: Vec<u8>,
}

impl<'a> Xml<'a> {
    fn new(source: Box<dyn BufRead + 'a>) -> Self {
        let mut reader = Reader::from_reader(source);
        let config = reader.config_mut();
        config.check_end_names = false;
        config.check_comments = false;
        config.trim_text(false);
        config.expand_empty_elements = true;
        Xml {
            reader,
            buffer: Vec::new(),
        }
    }

    /// The next event.
    pub(super) fn next(&mut self) -> Result<Event<'_>, Refusal> {
        self.buffer.clear();
        self.reader
            .read_event_into(&mut self.buffer)
            .map_err(Refusal::damaged)
    }

    /// The text up to the end of the element that was just begun.
    pub(super) fn text(&mut self, most: usize) -> Result<String, Refusal> {
        let mut text = String::new();
        let mut depth = 0_u32;
        loop {
            match self.next()? {
                Event::Text(t) => text.push_str(&t.xml10_content()),
                Event::CData(t) => text.push_str(&t.xml10_content()),
                Event::GeneralRef(e) => push_reference(&e, &mut text),
                Event::Start(_) => depth += 1,
                Event::End(_) if depth == 0 => return Ok(text),
                Event::End(_) => depth -= 1,
                Event::Eof => return Err(Refusal::damaged("a part stops halfway")),
                _ => {}
            }
            if text.len() > most {
                return Err(Refusal::damaged("a text in it is far too long"));
            }
        }
    }

    /// Passes over the rest of the element that was just begun.
    pub(super) fn skip(&mut self) -> Result<(), Refusal> {
        let mut depth = 0_u64;
        loop {
            match self.next()? {
                Event::Start(_) => depth += 1,
                Event::End(_) if depth == 0 => return Ok(()),
                Event::End(_) => depth -= 1,
                Event::Eof => return Err(Refusal::damaged("a part stops halfway")),
                _ => {}
            }
        }
    }
}

/// Adds what `&amp;` and the like stand for; what is unknown is dropped.
pub(super) fn push_reference(reference: &BytesRef<'_>, text: &mut String) {
    if let Ok(Some(c)) = reference.resolve_char_ref() {
        text.push(c);
    } else if let Some(known) =
        quick_xml::escape::resolve_predefined_entity(&reference.xml10_content())
    {
        text.push_str(known);
    }
}

/// The value of an attribute by its name without prefix; none when it is not there or cannot be read.
pub(super) fn attribute(element: &BytesStart<'_>, name: &str) -> Option<String> {
    let mut attributes = element.attributes();
    attributes.with_checks(false);
    let found = attributes
        .filter_map(Result::ok)
        .find(|a| a.key.local_name().as_ref() == name)?;
    found
        .normalized_value(XmlVersion::Implicit1_0)
        .ok()
        .map(std::borrow::Cow::into_owned)
}

/// The values of three attributes, as [`attribute`] gives them, in one look at the element.
pub(super) fn attributes(element: &BytesStart<'_>, names: [&str; 3]) -> [Option<String>; 3] {
    let mut found = [None, None, None];
    let mut attributes = element.attributes();
    attributes.with_checks(false);
    for attribute in attributes.filter_map(Result::ok) {
        let name = attribute.key.local_name();
        let at = names.iter().position(|n| *n == name.as_ref());
        if let Some(slot) = at.and_then(|at| found.get_mut(at))
            && slot.is_none()
        {
            let value = attribute.normalized_value(XmlVersion::Implicit1_0);
            *slot = value.ok().map(std::borrow::Cow::into_owned);
        }
    }
    found
}

/// Whether an attribute says yes.
pub(super) fn flag(element: &BytesStart<'_>, name: &str) -> bool {
    attribute(element, name).is_some_and(|v| v == "1" || v == "true")
}

/// The number in an attribute.
pub(super) fn number(element: &BytesStart<'_>, name: &str) -> Option<u32> {
    attribute(element, name)?.trim().parse().ok()
}
