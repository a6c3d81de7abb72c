//! The packed form: two compressed JSON documents, so that the long texts are only unpacked when somebody reads them.
//!
//! Layout: 4 bytes little-endian length of the first, the first, the second.

use std::collections::BTreeMap;
use std::io::{Read, Write};
use std::sync::Arc;

use flate2::Compression;
use flate2::read::DeflateDecoder;
use flate2::write::DeflateEncoder;
use kubescape_model::{AttackTrack, Control, ControlTexts, ExceptionPolicy, Framework, Rule};
use serde::de::DeserializeOwned;
use serde::{Deserialize, Serialize};

use crate::{Inputs, Library, LibraryError, Texts};

#[derive(Serialize, Deserialize, Default)]
struct Core {
    controls: Vec<Control>,
    frameworks: Vec<Framework>,
    rules: BTreeMap<String, Rule>,
    modules: BTreeMap<String, String>,
    defaults: Inputs,
    attack_tracks: Vec<AttackTrack>,
    exceptions: Vec<ExceptionPolicy>,
}

impl Library {
    /// The packed form of a library that was read from files.
    pub fn pack(&self) -> Result<Vec<u8>, LibraryError> {
        let core = compress(&Core {
            controls: self.controls.clone(),
            frameworks: self.frameworks.clone(),
            rules: self.rules.clone(),
            modules: self.modules.clone(),
            defaults: self.defaults.clone(),
            attack_tracks: self.attack_tracks.clone(),
            exceptions: self.exceptions.iter().map(|policy| (**policy).clone()).collect(),
        })?;
        let texts = compress(self.texts.plain.get().unwrap_or(&BTreeMap::new()))?;
        let length = u32::try_from(core.len()).map_err(damaged)?;
        Ok([length.to_le_bytes().as_slice(), &core, &texts].concat())
    }

    /// A library from its packed form.
    pub fn from_packed(bytes: &'static [u8]) -> Result<Self, LibraryError> {
        let (length, rest) = bytes
            .split_first_chunk::<4>()
            .ok_or_else(|| damaged("too short"))?;
        let length = usize::try_from(u32::from_le_bytes(*length)).map_err(damaged)?;
        let (core, texts) = rest
            .split_at_checked(length)
            .ok_or_else(|| damaged("too short"))?;
        let core: Core = decompress(core)?;
        Ok(Self {
            controls: core.controls,
            frameworks: core.frameworks,
            rules: core.rules,
            modules: core.modules,
            defaults: core.defaults,
            attack_tracks: core.attack_tracks,
            exceptions: core.exceptions.into_iter().map(Arc::new).collect(),
            texts: Texts {
                packed: Some(texts),
                ..Texts::default()
            },
        })
    }
}

pub(crate) fn unpack_texts(bytes: &[u8]) -> Result<BTreeMap<String, ControlTexts>, LibraryError> {
    decompress(bytes)
}

fn compress<T: Serialize>(value: &T) -> Result<Vec<u8>, LibraryError> {
    let json = serde_json::to_vec(value).map_err(damaged)?;
    let mut encoder = DeflateEncoder::new(Vec::new(), Compression::best());
    encoder.write_all(&json).map_err(damaged)?;
    encoder.finish().map_err(damaged)
}

fn decompress<T: DeserializeOwned>(bytes: &[u8]) -> Result<T, LibraryError> {
    let mut json = Vec::new();
    DeflateDecoder::new(bytes)
        .read_to_end(&mut json)
        .map_err(damaged)?;
    serde_json::from_slice(&json).map_err(damaged)
}

fn damaged(reason: impl ToString) -> LibraryError {
    LibraryError::Packed(reason.to_string())
}
