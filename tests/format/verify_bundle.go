// Verify bundles from docs/format.md alone, with Go's own checkpoints and trees.
//
//	verify_bundle NEWER.zip [EARLIER.zip]
//
// Prints the first thing that does not fit and exits with 1.
package main

import (
	"archive/zip"
	"bytes"
	"crypto/ed25519"
	"crypto/sha256"
	"encoding/base64"
	"encoding/json"
	"fmt"
	"io"
	"os"
	"strings"

	"golang.org/x/mod/sumdb/note"
	"golang.org/x/mod/sumdb/tlog"
)

type entry struct {
	Seq    int64
	Fields [][]string
	Proof  []string
}

type link struct {
	Size   int64
	Root   string
	Hashes []string
}

type bundle struct {
	size  int64
	root  tlog.Hash
	links map[int64]tlog.Hash
}

func need(err error, what string) {
	if err != nil {
		fmt.Printf("%s: does not fit: %v\n", what, err)
		os.Exit(1)
	}
}

func unpack(path string) map[string][]byte {
	archive, err := zip.OpenReader(path)
	need(err, path)
	files := map[string][]byte{}
	for _, file := range archive.File {
		reader, err := file.Open()
		need(err, file.Name)
		files[file.Name], err = io.ReadAll(reader)
		need(err, file.Name)
	}
	return files
}

func decode(text string) []byte {
	data, err := base64.StdEncoding.DecodeString(text)
	need(err, text)
	return data
}

func hashes(coded []string) []tlog.Hash {
	var found []tlog.Hash
	for _, one := range coded {
		var hash tlog.Hash
		copy(hash[:], decode(one))
		found = append(found, hash)
	}
	return found
}

func checkpoint(files map[string][]byte) bundle {
	name, _, _ := strings.Cut(string(files["checkpoint.txt"]), "\n")
	key := decode(strings.Split(string(files["center.pub"]), "\n")[1])
	coded, err := note.NewEd25519VerifierKey(name, ed25519.PublicKey(key[10:]))
	need(err, "center.pub")
	verifier, err := note.NewVerifier(coded)
	need(err, "center.pub")
	opened, err := note.Open(files["checkpoint.txt"], note.VerifierList(verifier))
	need(err, "checkpoint.txt")
	var found bundle
	lines := strings.Split(opened.Text, "\n")
	_, err = fmt.Sscan(lines[1], &found.size)
	need(err, "checkpoint.txt")
	found.root = hashes(lines[2:3])[0]
	return found
}

func leaf(one entry) tlog.Hash {
	var data bytes.Buffer
	for _, field := range one.Fields {
		sealed := field[1]
		if len(field) == 3 {
			text := field[1] + "\x00" + field[0] + "\x00" + field[2]
			sealed = fmt.Sprintf("%x", sha256.Sum256([]byte(text)))
		}
		fmt.Fprintf(&data, "%s %s\n", field[0], sealed)
	}
	return tlog.RecordHash(data.Bytes())
}

func verify(path string) bundle {
	files := unpack(path)
	found := checkpoint(files)
	for _, line := range strings.Split(strings.TrimSpace(string(files["events.jsonl"])), "\n") {
		var one entry
		need(json.Unmarshal([]byte(line), &one), "events.jsonl")
		proof := tlog.RecordProof(hashes(one.Proof))
		err := tlog.CheckRecord(proof, found.size, found.root, one.Seq-1, leaf(one))
		need(err, fmt.Sprintf("events.jsonl: entry %d", one.Seq))
	}
	var links []link
	need(json.Unmarshal(files["consistency.json"], &links), "consistency.json")
	found.links = map[int64]tlog.Hash{}
	for _, one := range links {
		root := hashes([]string{one.Root})[0]
		proof := tlog.TreeProof(hashes(one.Hashes))
		err := tlog.CheckTree(proof, found.size, found.root, one.Size, root)
		need(err, fmt.Sprintf("consistency.json: size %d", one.Size))
		found.links[one.Size] = root
	}
	return found
}

func main() {
	newer := verify(os.Args[1])
	if len(os.Args) > 2 {
		earlier := verify(os.Args[2])
		if newer.links[earlier.size] != earlier.root {
			need(fmt.Errorf("its first %d entries are others", earlier.size), os.Args[1])
		}
	}
	fmt.Println("fits")
}
