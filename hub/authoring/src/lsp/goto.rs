// SPDX-License-Identifier: EUPL-1.2
//! Where what is named is said.

use std::ops::Range;
use std::path::{Path, PathBuf};

use hub_mapping::Wanted;
use lsp_types::{GotoDefinitionResponse, Location};

use super::aim::{self, Aim};
use super::text::Encoding;
use super::uri;
use super::workspace::{Open, Workspace};

/// Where the name at a byte is said.
pub(super) fn definition(
    workspace: &Workspace<'_>,
    open: &Open,
    offset: usize,
    encoding: Encoding,
) -> Option<GotoDefinitionResponse> {
    let (aim, _) = aim::at(&open.text, &open.outline, offset)?;
    let here = |span: Range<usize>| {
        let range = encoding.range(&open.text, &span);
        Some(GotoDefinitionResponse::Scalar(Location::new(
            uri::of(&open.path)?,
            range,
        )))
    };
    let file = |path: PathBuf| {
        Some(GotoDefinitionResponse::Scalar(Location::new(
            uri::of(&path)?,
            lsp_types::Range::default(),
        )))
    };
    match aim {
        Aim::Table(name) => here(open.outline.said("tables", &name)?),
        Aim::Fragment(name) => here(open.outline.said("fragments", &name)?),
        Aim::Short(name) => here(open.outline.said("at", &name)?),
        Aim::File(name) => {
            let path = Workspace::beside(open, &name)?;
            workspace.text(&path)?;
            file(path)
        }
        Aim::Schema(id) => file(workspace.around.schema_file(&open.path, &id)?),
        Aim::Mapping(id) => file(workspace.around.mapping_file(&open.path, &id)?),
        Aim::Xsd(name) => {
            let wanted = Wanted {
                reference: &name,
                from: None,
            };
            let found = workspace.around.xsd(&open.path, wanted)?;
            file(Path::new(&found.file).to_path_buf())
        }
        Aim::Field(_) | Aim::Function(_) | Aim::Place { .. } | Aim::Code(_) | Aim::Key(_) => None,
    }
}
